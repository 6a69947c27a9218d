/** Served as /assets/docs.css: system fonts, one accent, light and dark, a 4 px grid. */
export const STYLE = `
:root {
  --page: #ffffff; --panel: #f6f7f9; --line: #dfe2e7; --ink: #1a1f26; --quiet: #57606a;
  --accent: #0b5cad; --accent-soft: #e8f1fb; --code: #f3f5f8; --code-ink: #1a1f26; --good: #136c37; --bad: #a8221b;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #13161a; --panel: #1b1f24; --line: #333a42; --ink: #e7e9ec; --quiet: #a5adb7;
    --accent: #80bbf7; --accent-soft: #1a2938; --code: #1b1f24; --code-ink: #e7e9ec; --good: #6fd394; --bad: #ff9b94;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 72px; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.6 system-ui, sans-serif; overflow-wrap: break-word; }
a { color: var(--accent); text-underline-offset: 3px; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -9999px; }
.skip:focus { left: 16px; top: 12px; z-index: 3; padding: 8px 12px; background: var(--page); }
header.site { position: sticky; top: 0; z-index: 2; background: var(--page); border-bottom: 1px solid var(--line); }
header.site > div { display: flex; flex-wrap: wrap; gap: 4px 24px; align-items: center; max-width: 1280px; margin: 0 auto; padding: 12px 24px; }
.brand { font-weight: 700; font-size: 18px; color: var(--ink); text-decoration: none; }
header.site nav { display: flex; gap: 20px; }
header.site nav a { padding: 4px 0; color: var(--quiet); text-decoration: none; border-bottom: 2px solid transparent; }
header.site nav a:hover { color: var(--ink); }
header.site nav a[aria-current] { color: var(--ink); border-color: var(--accent); }
main { max-width: 1280px; margin: 0 auto; padding: 48px 24px 96px; }
h1 { margin: 0 0 12px; font-size: 36px; line-height: 1.15; letter-spacing: -0.02em; }
h2 { margin: 0 0 12px; font-size: 24px; line-height: 1.25; letter-spacing: -0.01em; }
h3 { margin: 0 0 8px; font-size: 19px; line-height: 1.3; }
h4 { margin: 24px 0 4px; font-size: 16px; }
p, ul.plain, ol { max-width: 65ch; margin: 0 0 12px; }
ul.plain, ol { padding-left: 20px; }
li { margin: 0 0 4px; }
.lead { font-size: 18px; color: var(--quiet); }
.anchor { color: var(--quiet); text-decoration: none; font-weight: 400; opacity: 0; }
:is(h2, h3):hover .anchor, .anchor:focus { opacity: 1; }
.contents ul { display: flex; flex-wrap: wrap; gap: 8px; margin: 24px 0 0; padding: 0; list-style: none; }
.contents li { margin: 0; }
.contents a { display: block; padding: 4px 12px; border: 1px solid var(--line); border-radius: 16px; font-size: 14px; text-decoration: none; color: var(--ink); }
.contents a:hover { border-color: var(--accent); color: var(--accent); }
section { padding: 48px 0 0; margin: 48px 0 0; border-top: 1px solid var(--line); }
section.sub { margin-top: 40px; padding-top: 40px; }
.pair { display: grid; grid-template-columns: minmax(0, 1fr); gap: 24px; }
@media (min-width: 1040px) {
  .pair { grid-template-columns: minmax(0, 11fr) minmax(0, 10fr); gap: 56px; }
  .pair .examples { position: sticky; top: 72px; align-self: start; }
}
code, pre { font: 14px/1.55 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
:is(p, li, td, dd) code { padding: 1px 5px; background: var(--code); border-radius: 4px; overflow-wrap: anywhere; }
a code { color: inherit; }
a:has(> code) { text-underline-offset: 6px; text-decoration-thickness: 1px; }
:is(h2, h3) code { font-size: inherit; }
.prose > h3:not(:first-child) { margin-top: 24px; }
.example { margin: 0 0 16px; border: 1px solid var(--line); border-radius: 8px; background: var(--code); color: var(--code-ink); overflow: hidden; }
.example figcaption { display: flex; gap: 12px; align-items: center; min-height: 40px; padding: 4px 8px 4px 16px; border-bottom: 1px solid var(--line); font-size: 14px; color: var(--quiet); }
.example figcaption span:first-child { flex: 1; }
.example .status { color: var(--good); font-weight: 600; font-variant-numeric: tabular-nums; }
.example .status.bad { color: var(--bad); }
.example pre { margin: 0; padding: 12px 16px; white-space: pre-wrap; overflow-wrap: anywhere; }
button { min-height: 32px; padding: 2px 12px; border: 1px solid var(--line); border-radius: 6px; background: var(--page); color: var(--ink); font: inherit; font-size: 14px; cursor: pointer; }
button:hover { border-color: var(--accent); color: var(--accent); }
.note { max-width: 65ch; margin: 16px 0; padding: 12px 16px; border-left: 3px solid var(--accent); background: var(--accent-soft); border-radius: 0 8px 8px 0; }
.note p:last-child { margin: 0; }
.url { display: flex; flex-wrap: wrap; gap: 4px 8px; margin: 0 0 16px; padding: 8px 12px; border: 1px solid var(--line); border-radius: 8px; background: var(--panel); }
.url code { overflow-wrap: anywhere; }
.method { font-weight: 700; color: var(--accent); }
.key { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; margin: 16px 0; }
.key[hidden] { display: none; }
.key input { flex: 1 1 240px; min-height: 36px; padding: 4px 12px; border: 1px solid var(--quiet); border-radius: 6px; background: var(--page); color: var(--ink); font: inherit; }
.key small { flex-basis: 100%; color: var(--quiet); }
table { width: 100%; margin: 16px 0; border-collapse: collapse; font-size: 15px; line-height: 1.5; }
caption { padding: 0 0 8px; text-align: left; font-size: 14px; color: var(--quiet); }
th, td { padding: 8px 16px 8px 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { font-weight: 600; white-space: nowrap; }
tr:target td { background: var(--accent-soft); }
.wide td:nth-child(-n + 2), td:first-child code { white-space: nowrap; }
.mark { font-size: 13px; color: var(--quiet); }
.mark.required { color: var(--accent); }
.codes { display: flex; flex-wrap: wrap; gap: 4px 12px; margin: 0 0 12px; padding: 0; list-style: none; }
@media (max-width: 640px) {
  main { padding: 32px 16px 64px; }
  header.site > div { padding: 8px 16px; }
  h1 { font-size: 30px; }
  section { margin-top: 32px; padding-top: 32px; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody, tr, td, caption { display: block; }
  tr { padding: 8px 0; border-bottom: 1px solid var(--line); }
  td, .wide td:nth-child(-n + 2) { display: grid; grid-template-columns: 88px minmax(0, 1fr); gap: 8px; padding: 2px 0; border: 0; white-space: normal; }
  td::before { content: attr(data-label); color: var(--quiet); font-size: 14px; }
}
`;

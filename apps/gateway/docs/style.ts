import { TABS } from './guide/fence.ts';

/** The example whose language is chosen. */
const CHOSEN = Object.keys(TABS)
  .map((tab) => `.tabs:has([value=${tab}]:checked) .tab.${tab}`)
  .join(', ');

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
header.site > div { display: flex; flex-wrap: wrap; gap: 4px 24px; align-items: center; max-width: 1440px; margin: 0 auto; padding: 12px 24px; }
.brand { font-weight: 700; font-size: 18px; color: var(--ink); text-decoration: none; }
header.site nav { display: flex; gap: 20px; }
header.site nav a { padding: 4px 0; color: var(--quiet); text-decoration: none; border-bottom: 2px solid transparent; }
header.site nav a:hover { color: var(--ink); }
header.site nav a[aria-current] { color: var(--ink); border-color: var(--accent); }
main { padding: 48px 24px 96px; min-width: 0; }
.frame { max-width: 1280px; margin: 0 auto; }
.frame.with-aside { max-width: 1440px; }
h1 { margin: 0 0 12px; font-size: 36px; line-height: 1.15; letter-spacing: -0.02em; }
h2 { margin: 0 0 12px; font-size: 24px; line-height: 1.25; letter-spacing: -0.01em; }
h3 { margin: 0 0 8px; font-size: 19px; line-height: 1.3; }
h4 { margin: 24px 0 4px; font-size: 16px; }
p, ul.plain, ol { max-width: 65ch; margin: 0 0 12px; }
ul.plain, ol { padding-left: 20px; }
li { margin: 0 0 4px; }
.prose { max-width: 100%; }
.prose > ul, .prose > ol { max-width: 65ch; margin: 0 0 12px; padding-left: 20px; }
.lead { font-size: 18px; color: var(--quiet); }
.anchor { color: var(--quiet); text-decoration: none; font-weight: 400; opacity: 0; }
:is(h2, h3):hover .anchor, .anchor:focus { opacity: 1; }
:is(h2, h3):target { background: var(--accent-soft); box-shadow: -8px 0 0 var(--accent-soft), 8px 0 0 var(--accent-soft); }
.contents ul { display: flex; flex-wrap: wrap; gap: 8px; margin: 24px 0 0; padding: 0; list-style: none; }
.contents li { margin: 0; }
.contents a { display: block; padding: 4px 12px; border: 1px solid var(--line); border-radius: 16px; font-size: 14px; text-decoration: none; color: var(--ink); }
.contents a:hover { border-color: var(--accent); color: var(--accent); }
section { padding: 48px 0 0; margin: 48px 0 0; border-top: 1px solid var(--line); }
section.sub { margin-top: 40px; padding-top: 40px; }
section.topic { margin-top: 40px; padding-top: 40px; }
.topic > * + * { margin-top: 24px; }
.topic h3 { margin-top: 32px; }
.topic > :first-child > :first-child, .topic h2 + h3 { margin-top: 0; }
.topic:first-of-type { border-top: 0; margin-top: 16px; padding-top: 0; }
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
.with-aside .example pre { white-space: pre; overflow-x: auto; overflow-wrap: normal; }
.with-aside .example pre:focus-visible { outline-offset: -3px; }
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
.tabs { min-width: 0; margin: 0 0 16px; padding: 0; border: 0; }
.tabs legend, .tabs input { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.tabs label { display: inline-block; margin: 0 4px 8px 0; cursor: pointer; }
.tabs label span { display: block; padding: 4px 12px; border: 1px solid var(--line); border-radius: 16px; font-size: 14px; color: var(--quiet); }
.tabs label:hover span { border-color: var(--accent); color: var(--accent); }
.tabs input:checked + span { border-color: var(--accent); background: var(--accent-soft); color: var(--ink); }
.tabs input:focus-visible + span { outline: 3px solid var(--accent); outline-offset: 2px; }
@supports selector(:has(a)) {
  .tabs .tab { display: none; }
  ${CHOSEN} { display: block; }
}
.onward { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 8px 24px; margin-top: 64px; padding-top: 24px; border-top: 1px solid var(--line); }
.onward p { margin: 0; }
.pages p { margin: 16px 0 4px; font-size: 13px; font-weight: 600; color: var(--quiet); }
.pages ul { margin: 0; padding: 0; list-style: none; font-size: 15px; }
.pages li { margin: 0; }
.pages li a { display: block; padding: 4px 12px; border-left: 2px solid var(--line); color: var(--ink); text-decoration: none; }
.pages li a:hover { border-color: var(--accent); color: var(--accent); }
.pages li a[aria-current] { border-color: var(--accent); background: var(--accent-soft); font-weight: 600; }
details.pages { margin: 16px 24px 0; padding: 8px 16px; border: 1px solid var(--line); border-radius: 8px; background: var(--panel); }
details.pages summary { cursor: pointer; font-weight: 600; }
nav.pages { display: none; }
@media (min-width: 960px) {
  .frame.with-aside { display: grid; grid-template-columns: 216px minmax(0, 1fr); }
  details.pages { display: none; }
  nav.pages { display: block; position: sticky; top: 56px; align-self: start; max-height: calc(100vh - 56px); overflow-y: auto; padding: 32px 0 32px 24px; }
}
.with-aside main { container-type: inline-size; }
.with-aside .pair { grid-template-columns: minmax(0, 1fr); gap: 16px; }
@container (min-width: 960px) {
  .with-aside .pair { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 48px; }
  .with-aside .pair > .prose { position: sticky; top: 72px; align-self: start; }
}
.states { display: block; width: 100%; max-width: 400px; height: auto; font: 14px/1 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
.states text { fill: var(--ink); }
.states rect { fill: var(--panel); stroke: var(--quiet); }
.states rect.final { fill: var(--accent-soft); stroke: var(--accent); stroke-width: 2; }
.states .step { fill: none; stroke: var(--quiet); stroke-width: 1.25; }
.states .tip { fill: var(--quiet); }
@media (max-width: 640px) {
  td:first-child code { white-space: normal; }
  details.pages { margin: 12px 16px 0; }
  main { padding: 32px 16px 64px; }
  header.site > div { padding: 8px 16px; }
  h1 { font-size: 30px; }
  section { margin-top: 32px; padding-top: 32px; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody, tr, td, caption { display: block; }
  tr { padding: 8px 0; border-bottom: 1px solid var(--line); }
  td, .wide td:nth-child(-n + 2) { display: grid; grid-template-columns: 88px minmax(0, 1fr); gap: 8px; padding: 2px 0; border: 0; white-space: normal; }
  td:has(> div > :only-child:empty) { display: none; }
  td::before { content: attr(data-label); color: var(--quiet); font-size: 14px; }
}
`;

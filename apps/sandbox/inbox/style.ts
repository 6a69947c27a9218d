/** Served as /inbox.css: system fonts, one accent, light and dark, tables that become cards on a narrow screen. */
export const INBOX_STYLE = `
:root {
  --page: #ffffff; --panel: #f5f6f8; --line: #d9dce1; --ink: #1b1f24; --quiet: #57606a;
  --accent: #0b5cad; --accent-ink: #ffffff; --good: #136c37; --bad: #a8221b; --wait: #7a4e00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --panel: #1d2125; --line: #363c43; --ink: #e8eaed; --quiet: #a3abb5;
    --accent: #7cb8f5; --accent-ink: #10161c; --good: #6fd394; --bad: #ff9b94; --wait: #f0c069;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 1360px; margin: 0 auto; padding: 24px 16px 48px; }
h1 { margin: 0 0 4px; font-size: 28px; line-height: 1.2; }
h2 { margin: 40px 0 8px; font-size: 20px; }
p { max-width: 65ch; margin: 0 0 12px; }
header p, footer p, .more, .none, caption, small { color: var(--quiet); }
code { font: 0.9em ui-monospace, monospace; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(132px, 1fr)); gap: 12px; margin: 20px 0 0; }
dl div { padding: 12px 16px; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; }
dt { font-size: 14px; color: var(--quiet); }
dd { margin: 0; font-size: 22px; font-variant-numeric: tabular-nums; }
table { width: 100%; border-collapse: collapse; font-size: 15px; }
caption { padding: 0 0 8px; text-align: left; font-size: 14px; }
th, td { padding: 8px 12px 8px 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { font-weight: 600; white-space: nowrap; }
.number, .money, time { font-variant-numeric: tabular-nums; white-space: nowrap; }
.money { text-align: right; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; max-width: 65ch; }
small { display: block; font-size: 13px; }
.state { font-weight: 600; color: var(--wait); }
.state.delivered, .state.received, .state.finished { color: var(--good); }
.state.failed, .state.undelivered, .state.canceled, .state.cancelled { color: var(--bad); }
.code { display: inline-block; margin: 0 8px 0 0; font: 600 15px ui-monospace, monospace; }
footer { margin-top: 32px; }
.empty, .notice { padding: 16px; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; }
.notice { border-color: var(--bad); color: var(--bad); }
form { display: flex; flex-wrap: wrap; gap: 8px; }
input, button { min-height: 36px; padding: 4px 10px; border-radius: 6px; font: inherit; }
input { width: 112px; background: var(--page); color: var(--ink); border: 1px solid var(--quiet); }
input::placeholder { color: var(--quiet); opacity: 1; }
button { background: var(--accent); color: var(--accent-ink); border: 1px solid var(--accent); cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 900px) {
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody, tr, td, caption { display: block; }
  tr { margin: 0 0 12px; padding: 8px 12px; border: 1px solid var(--line); border-radius: 8px; }
  td { display: grid; grid-template-columns: 104px minmax(0, 1fr); gap: 8px; padding: 4px 0; border: 0; text-align: left; }
  td::before { content: attr(data-label); color: var(--quiet); font-size: 14px; }
  td.number, td.money, td time { white-space: normal; text-align: left; }
  td > * { grid-column: 2; }
}
`;

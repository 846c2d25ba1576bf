/** The page's look: system fonts, one column, colours that follow the reader's own setting. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ink: #1c2126; --soft: #5c6670; --paper: #fff; --panel: #f4f6f8; --line: #d7dde3;
  --good: #11703c; --bad: #b3261e; --unsure: #8a5a00; --link: #0b57d0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6e9ec; --soft: #9aa5b1; --paper: #14181c; --panel: #1e2429; --line: #343c44;
    --good: #5fd08f; --bad: #ff8a80; --unsure: #f0b849; --link: #8ab4f8;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 64rem; padding: 1rem;
  background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif;
}
h1 { margin: 0; font-size: 1.5rem; overflow-wrap: anywhere; }
h2 { margin: 2rem 0 .5rem; font-size: 1.2rem; }
h3 { margin: 1.2rem 0 .3rem; font-size: 1rem; color: var(--soft); }
h4 { margin: .8rem 0 .2rem; font-size: .9rem; }
a { color: var(--link); }
code, pre { font: .85em/1.45 ui-monospace, monospace; }
code { overflow-wrap: anywhere; }
pre {
  margin: .2rem 0; padding: .6rem; max-height: 24rem; overflow: auto;
  background: var(--paper); border: 1px solid var(--line); border-radius: 4px;
  white-space: pre-wrap; overflow-wrap: anywhere;
}
.headline { margin: .3rem 0; font-size: 1.1rem; font-weight: 600; }
.good { color: var(--good); } .bad { color: var(--bad); } .unsure { color: var(--unsure); }
.counts { display: flex; flex-wrap: wrap; gap: .4rem 1rem; margin: .6rem 0; padding: 0; list-style: none; }
.facts { margin: .3rem 0; color: var(--soft); font-size: .85rem; }
.note { margin: .3rem 0; color: var(--unsure); }
.badge { padding: 0 .4rem; border: 1px solid; border-radius: 4px; font-size: .8rem; white-space: nowrap; }
.badge.passed { color: var(--good); }
.badge.failed, .badge.unexpected, .badge.broken { color: var(--bad); font-weight: 600; }
.badge.blocked, .badge.advised, .badge.known { color: var(--unsure); }
.badge.not-applicable { color: var(--soft); }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .35rem .5rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
.number { text-align: right; }
blockquote { margin: .1rem 0 0; color: var(--soft); font-size: .85rem; overflow-wrap: anywhere; }
cite { margin-left: .4rem; white-space: nowrap; }
details { margin: .3rem 0; padding: .4rem .7rem; background: var(--panel); border-radius: 6px; }
summary { cursor: pointer; overflow-wrap: anywhere; }
ol { padding-left: 1.6rem; overflow-wrap: anywhere; }
li.wrong { color: var(--bad); font-weight: 600; }
.finding {
  display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); gap: .1rem .8rem;
  margin: .3rem 0; padding: .5rem; border-left: 3px solid var(--bad);
  background: var(--paper); color: var(--ink); font-weight: 400;
}
.finding dt { color: var(--soft); } .finding dd { margin: 0; overflow-wrap: anywhere; }
.exchanges { margin: .3rem 0; background: none; color: var(--ink); font-weight: 400; }
.cites { padding-left: 1.2rem; color: var(--soft); font-size: .85rem; }
@media print {
  :root {
    color-scheme: light;
    --ink: #000; --soft: #444; --paper: #fff; --panel: #fff; --line: #bbb;
    --good: #11703c; --bad: #b3261e; --unsure: #8a5a00; --link: #000;
  }
  body { max-width: none; padding: 0; font-size: 10pt; }
  details { border: 1px solid var(--line); }
  .exchanges:not([open]) { display: none; }
  pre { max-height: none; overflow: visible; }
  .finding, tr { break-inside: avoid; }
  h2, h3, summary { break-after: avoid; }
}
@media (max-width: 34rem) { body { padding: .6rem; } cite { white-space: normal; } }
`;

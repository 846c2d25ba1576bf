/** The page's own look: nothing is loaded, and it reads on a phone, in the dark and on paper. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1d2129; --paper: #fff; --soft: #f3f4f6; --line: #d5d9e0;
  --good: #1a7f43; --bad: #c62828; --odd: #8a5a00; --ours: #7b2fa8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8ec; --paper: #14171c; --soft: #1e232b;
  --line: #343b46; --good: #5fce8b; --bad: #ff8a80; --odd: #f0b650; --ours: #d59cf5; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 60rem; color: var(--ink); background: var(--paper);
  font: 16px/1.5 system-ui, sans-serif; }
code, pre { font: 0.85em/1.45 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { padding: 0.6rem; background: var(--soft); white-space: pre-wrap; max-height: 24rem; overflow: auto; }
.tiles { display: flex; flex-wrap: wrap; gap: 0.5rem; padding: 0; list-style: none; }
.tiles li { padding: 0.4rem 0.8rem; border: 1px solid var(--line); border-radius: 0.4rem; }
article, section { border-top: 1px solid var(--line); padding: 0.4rem 0; }
blockquote { margin: 0.3rem 0; padding-left: 0.8rem; border-left: 3px solid var(--line); }
cite { opacity: 0.7; font-size: 0.85em; }
details { margin: 0.3rem 0; }
summary { cursor: pointer; }
li.at { font-weight: 600; }
dl { margin: 0.4rem 0; padding: 0.5rem; background: var(--soft); font-weight: 400; }
dt { font-size: 0.8em; opacity: 0.75; }
dd { margin: 0 0 0.3rem; overflow-wrap: anywhere; }
.passed { color: var(--good); } .failed, .unexpected { color: var(--bad); }
.known, .advised, .note { color: var(--odd); } .blocked, .broken { color: var(--ours); }
@media print { details { display: block; } pre { max-height: none; } }
`;

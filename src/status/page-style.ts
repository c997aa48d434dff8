/** The looks of the page: no file and no font of anybody else. */
export const STYLE = `
:root { color-scheme: light dark; --line: #8884; --ok: #2a9d57; --bad: #d0342c; --warn: #d9860b; --idle: #999; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 84rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin: 0; }
table { border-collapse: collapse; width: 100%; margin-top: 1.5rem; }
th, td { text-align: left; padding: .45rem .8rem .45rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; font-size: .85rem; opacity: .75; }
.n { text-align: right; font-variant-numeric: tabular-nums; }
.dot { display: inline-block; width: .65em; height: .65em; border-radius: 50%; margin-right: .5em; background: var(--idle); }
.dot.ok { background: var(--ok); }
.name { white-space: nowrap; }
.dot.retrying { background: var(--warn); }
.dot.failing { background: var(--bad); }
svg { fill: var(--ok); max-width: 100%; }
.bad { fill: var(--bad); }
progress { width: 8rem; height: .6rem; accent-color: var(--ok); }
small { opacity: .8; overflow-wrap: anywhere; }
`;

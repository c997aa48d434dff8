import type { Board, BoardTable } from "./board.ts";
import type { Health } from "./health.ts";

/** What the page shows besides the board. */
export interface PageOptions {
  readonly nowMs: number;
  readonly health: Health;
  /** The warehouse. */
  readonly lake: string;
}

/** The page for people: one line per table with its age, its rows and the last day of pulls as bars; pure. */
export function statusPage(board: Board, options: PageOptions): string {
  const { nowMs, health, lake } = options;
  const rows = board
    .tables()
    .map((table, index) => tableRow(table, { nowMs, status: health.tables[index]?.status ?? "starting" }))
    .join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="15">
<title>duolake: ${health.status}</title>
<style>${STYLE}</style>
</head>
<body>
<h1><span class="dot ${health.status}"></span>duolake</h1>
<p>${summary(board, health)}
Running for ${age(nowMs - board.startedAtMs)}; lake in <code>${escape(lake)}</code>.
<a href="/metrics">metrics</a> <a href="/healthz">health</a></p>
<table>
<thead><tr><th>table</th><th>complete up to</th><th class="n">rows</th><th class="n">new in last pull</th><th>pulls of the last day</th><th>last pull</th></tr></thead>
<tbody>
${rows}
</tbody>
</table>
</body>
</html>
`;
}

function summary(board: Board, health: Health): string {
  if (health.status !== "ok") return "At least one stream is not being pulled.";
  const failed = board.tables().filter(({ last }) => last?.error !== undefined).length;
  if (failed === 0) return "Every stream is being pulled.";
  return `${failed} of ${board.tables().length} tables failed in the last pull; the next one tries again.`;
}

function tableRow(
  table: BoardTable,
  { nowMs, status }: { readonly nowMs: number; readonly status: string },
): string {
  const { last } = table;
  const upTo = last?.watermarkMs === undefined ? "" : `${age(nowMs - last.watermarkMs)} ago`;
  const when =
    table.lastPullAtMs === undefined ? "first pull under way" : `${age(nowMs - table.lastPullAtMs)} ago`;
  // One failed pull is no failing table yet, but nobody should see green there.
  const dot = status === "ok" && last?.error !== undefined ? "retrying" : status;
  const said =
    last?.error?.message ?? (last?.skipped === "secret_not_populated" ? "the secret key is not set yet" : "");
  return `<tr><td class="name"><span class="dot ${dot}"></span>${escape(table.resolvedName)}</td><td>${upTo}</td>
<td class="n">${table.rowCount === undefined ? "" : count(table.rowCount)}</td><td class="n">${last === undefined ? "" : count(last.appended)}</td>
<td>${bars(table.history)}</td><td>${when}${said === "" ? "" : `<br><small>${escape(said)}</small>`}</td></tr>`;
}

const BAR_HEIGHT = 28;

/** One bar per pull, its height by the square root of the rows, so that a busy hour does not flatten the others. */
function bars(history: BoardTable["history"]): string {
  const largest = Math.sqrt(Math.max(1, ...history.map(({ appended }) => appended)));
  const shapes = history.map(({ atMs, appended, failed }, index) => {
    const height = Math.max(1, Math.round((Math.sqrt(appended) / largest) * BAR_HEIGHT));
    const title = `${new Date(atMs).toISOString().slice(0, 16)}Z: ${failed ? "failed" : `${count(appended)} rows`}`;
    const shape = `x="${index}" y="${BAR_HEIGHT - height}" width="1" height="${failed ? BAR_HEIGHT : height}"`;
    return `<rect ${failed ? `class="bad" x="${index}" y="0" width="1" height="${BAR_HEIGHT}"` : shape}><title>${title}</title></rect>`;
  });
  return `<svg viewBox="0 0 288 ${BAR_HEIGHT}" width="288" height="${BAR_HEIGHT}" role="img" aria-label="rows per pull">${shapes.join("")}</svg>`;
}

function age(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return "less than a minute";
  if (minutes < 120) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} d`;
}

function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --ok: #2a9d57; --bad: #d0342c; --warn: #d9860b; --idle: #999; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
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
small { opacity: .8; overflow-wrap: anywhere; }
`;

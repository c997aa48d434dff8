import type { Board, BoardTable } from "./board.ts";
import { describeWait, type EndpointWait } from "./endpoint-wait.ts";
import type { Health } from "./health.ts";
import { STYLE } from "./page-style.ts";
import { streamOf } from "./stream-of.ts";

/** What the page shows besides the board. */
export interface PageOptions {
  readonly nowMs: number;
  readonly health: Health;
  /** The warehouse. */
  readonly lake: string;
  /** What waits longer than a moment. */
  readonly waits?: readonly (EndpointWait & { readonly source: string })[];
}

/** The page for people: one line per table with its age, its rows, the last day of pulls as bars, the backfill and what waits; pure. */
export function statusPage(board: Board, options: PageOptions): string {
  const { nowMs, health, lake, waits = [] } = options;
  const rows = board
    .tables()
    .map((table, index) =>
      tableRow(table, {
        nowMs,
        status: health.tables[index]?.status ?? "starting",
        wait: waitOf(table, waits),
      }),
    )
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
<thead><tr><th>table</th><th>complete up to</th><th class="n">rows</th><th class="n">new in last pull</th><th>pulls of the last day</th><th>backfill</th><th>last pull</th></tr></thead>
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

/** What keeps the table's stream waiting, if anything does. */
function waitOf(
  { source, account, table, last }: BoardTable,
  waits: NonNullable<PageOptions["waits"]>,
): EndpointWait | undefined {
  const path = streamOf(table, last?.stream)?.path;
  return waits.find((wait) => wait.source === source && wait.account === account && wait.endpoint === path);
}

function tableRow(
  table: BoardTable,
  of: { readonly nowMs: number; readonly status: string; readonly wait: EndpointWait | undefined },
): string {
  const { nowMs, status, wait } = of;
  const { last, account, resolvedName } = table;
  const upTo = last?.watermarkMs === undefined ? "" : `${age(nowMs - last.watermarkMs)} ago`;
  const when =
    table.lastPullAtMs === undefined ? "first pull under way" : `${age(nowMs - table.lastPullAtMs)} ago`;
  // One failed pull is no failing table yet, but nobody should see green there.
  const dot = status === "ok" && last?.error !== undefined ? "retrying" : status;
  const said =
    last?.error?.message ?? (last?.skipped === "secret_not_populated" ? "the secret key is not set yet" : "");
  const name = `<span class="dot ${dot}"></span>${escape(resolvedName)}${small([account ?? "", last?.stream ?? ""])}`;
  return `<tr><td class="name">${name}</td><td>${upTo}</td>
<td class="n">${table.rowCount === undefined ? "" : count(table.rowCount)}</td><td class="n">${last === undefined ? "" : count(last.appended)}</td>
<td>${bars(table.history)}</td><td class="name">${backfillCell(table)}</td>
<td>${when}${small([said, wait === undefined ? "" : waitText(wait)])}</td></tr>`;
}

/** Lines of small print below a cell's text. */
function small(texts: readonly string[]): string {
  return texts
    .filter((text) => text !== "")
    .map((text) => `<br><small>${escape(text)}</small>`)
    .join("");
}

function waitText(wait: EndpointWait): string {
  const until = new Date(wait.untilMs).toISOString().slice(11, 19);
  return `waits until ${until}Z: ${describeWait(wait)}`;
}

function backfillCell({ backfill, healedCount }: BoardTable): string {
  const healed = healedCount === 0 ? "" : `re-reads added ${count(healedCount)}`;
  if (backfill === undefined) return small([healed]).replace(/^<br>/, "");
  const { wantedMs, leftMs, isDone, etaMs } = backfill;
  const percent =
    isDone || wantedMs === 0 ? 100 : Math.min(Math.floor(((wantedMs - leftMs) / wantedMs) * 100), 99);
  const said = isDone ? "complete" : `${percent} %${etaMs === undefined ? "" : `, ${age(etaMs)} left`}`;
  const bar = isDone ? "" : `<progress max="100" value="${percent}">${percent} %</progress><br>`;
  return `${bar}${said}${small([healed])}`;
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

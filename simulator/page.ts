import type { LogRow } from "./dataset/timeline.ts";
import type { FaultRule } from "./faults.ts";

/** A page before it is written out. `next` is null at the end of the data and undefined where the key is left out. */
export interface Page {
  readonly rows: readonly LogRow[];
  readonly next: unknown;
}

/** How an endpoint writes a cursor, and the one that the request came with. */
export interface PageContext {
  readonly sent: string | undefined;
  /** The cursor that goes on after a row. */
  readonly cursorAfter: (row: LogRow) => unknown;
  /** The cursor of the request in the form of the response; for an empty page, one that leads nowhere. */
  readonly cursorBefore: () => unknown;
}

/** A v1 list has no cursors, so that the faults of cursors cannot hit it. */
export const NO_CURSOR: PageContext = {
  sent: undefined,
  cursorAfter: () => undefined,
  cursorBefore: () => undefined,
};

/** True when the fault would change this page. */
export function isPageFaultUsable(rule: FaultRule, page: Page, context: PageContext): boolean {
  const hasCursors = context !== NO_CURSOR;
  if (rule.kind === "duplicate_rows") return page.rows.length > 0;
  if (rule.kind === "unordered_rows") return page.rows.length > 1;
  if (rule.kind === "short_page") return page.rows.length > shortCount(rule, page);
  if (rule.kind === "repeated_cursor")
    return hasCursors && context.sent !== undefined && page.rows.length > 0;
  if (rule.kind === "missing_cursor") return hasCursors && page.rows.length > 0;
  if (rule.kind === "cursor_on_empty_page") return hasCursors && page.rows.length === 0;
  return false;
}

/** The page with the fault in it. */
export function faultyPage(rule: FaultRule, page: Page, context: PageContext): Page {
  if (rule.kind === "duplicate_rows") {
    const twice = rule.rows ?? 1;
    return { ...page, rows: page.rows.flatMap((row, index) => (index < twice ? [row, row] : [row])) };
  }
  if (rule.kind === "unordered_rows") return { ...page, rows: page.rows.toReversed() };
  if (rule.kind === "short_page") {
    const rows = page.rows.slice(0, shortCount(rule, page));
    const last = rows.at(-1);
    return { rows, next: last ? context.cursorAfter(last) : context.cursorBefore() };
  }
  if (rule.kind === "missing_cursor") return { ...page, next: undefined };
  return { ...page, next: context.cursorBefore() };
}

function shortCount({ rows }: FaultRule, page: Page): number {
  return rows ?? Math.floor(page.rows.length / 2);
}

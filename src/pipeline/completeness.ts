import type { Column } from "../core/columns.ts";
import type { Row } from "../core/row.ts";

/** What `verify` found for one hour of one table. */
export interface CheckedHour {
  /** Start of the hour, ms since 1970. */
  readonly hourMs: number;
  /** Events that Duo lists. */
  readonly expected: number;
  /** What Duo's counter of authentication attempts says; undefined where there is none for the table. */
  readonly attempts: number | undefined;
  /** Events that the lake, or its dead letters, had. */
  readonly present: number;
  /** Events that were missing and were appended by the check. */
  readonly healed: number;
  /** Events that are missing still: listed or counted by Duo and not in the lake. */
  readonly missing: number;
}

/** The table in which `verify` keeps its results: `duo_completeness`. */
export const COMPLETENESS_COLUMNS: readonly Column[] = [
  { name: "ts", type: "timestamptz", doc: "Start of the hour that was checked." },
  { name: "table", type: "string", doc: "Short name of the table." },
  { name: "stream", type: "string", doc: "The Duo endpoint that was read again." },
  { name: "expected", type: "long", doc: "Events that Duo lists for the hour." },
  {
    name: "attempts",
    type: "long",
    doc: "What Duo's counter of authentication attempts says for the hour; null for other tables.",
  },
  { name: "present", type: "long", doc: "Events that the table, or the dead letters, had." },
  { name: "healed", type: "long", doc: "Events that were missing and were appended by this check." },
  { name: "missing", type: "long", doc: "Events that are missing still." },
  { name: "checked_at", type: "timestamptz", doc: "When the check was made." },
  { name: "account_id", type: "string", doc: "The child account, where a provider's accounts are pulled." },
];

/** A checked hour as a row; pure. */
export function completenessRow(
  hour: CheckedHour,
  check: {
    readonly table: string;
    readonly stream: string;
    readonly checkedAtMs: number;
    readonly accountId: string | undefined;
  },
): Row {
  const { expected, attempts, present, healed, missing } = hour;
  const { table, stream, checkedAtMs, accountId } = check;
  return {
    ts: new Date(hour.hourMs).toISOString(),
    table,
    stream,
    expected,
    ...(attempts !== undefined && { attempts }),
    present,
    healed,
    missing,
    checked_at: new Date(checkedAtMs).toISOString(),
    ...(accountId !== undefined && { account_id: accountId }),
  };
}

import type { Account } from "./account.ts";

/**
 * The table properties of one reader of a stream. Each lane has a fence of its own, so two of them can commit to one table
 * side by side; their time ranges never overlap (docs/spec/pull.md, "Lanes").
 */
export interface Lane {
  /** How far the lane has got: the fence of its commits (invariants P1 and P2). */
  readonly cursorKey: string;
  readonly gapsKey: string;
  readonly driftKey: string;
}

/** What the keys of gaps and drift begin with, whatever the lane. */
export const GAPS_PREFIX = "duolake.gaps";
export const DRIFT_PREFIX = "duolake.drift";

/**
 * Names the properties of a lane; pure.
 *
 * @param kind `live`: pulls and re-reads, from the table's start on; `backfill`: everything before it
 * @param account undefined for the log source's own account
 */
export function laneOf(kind: "live" | "backfill", account: Account | undefined): Lane {
  const suffix = account === undefined ? "" : `.${account.id}`;
  const [cursor, other] = kind === "live" ? ["duolake.cursor", ""] : ["duolake.backfill", ".backfill"];
  return {
    cursorKey: `${cursor}${suffix}`,
    gapsKey: `${GAPS_PREFIX}${other}${suffix}`,
    driftKey: `${DRIFT_PREFIX}${other}${suffix}`,
  };
}

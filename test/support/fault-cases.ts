import type { FaultRule } from "../../simulator/faults.ts";
import type { Feed } from "./feeds.ts";

/** Every kind of fault, some of them in several forms. A test compares the kinds with the simulator's own list. */
export const FAULT_CASES: readonly FaultRule[] = [
  { kind: "rate_limited" },
  { kind: "rate_limited", retryAfterSeconds: 7 },
  { kind: "internal_error" },
  { kind: "bad_gateway" },
  { kind: "unavailable" },
  { kind: "stat_fail" },
  { kind: "error_code", code: 40103 },
  { kind: "error_code", code: 40105 },
  { kind: "error_code", code: 40301 },
  { kind: "error_code", code: 40401 },
  { kind: "error_code", code: 40002 },
  { kind: "redirect" },
  { kind: "not_json" },
  { kind: "empty_body" },
  { kind: "reset_before_headers" },
  { kind: "hang" },
  { kind: "slow", delayMs: 5 },
  { kind: "reset_after_headers" },
  { kind: "truncated_body" },
  { kind: "clock_skew", skewMs: 3_600_000 },
  { kind: "duplicate_rows" },
  { kind: "unordered_rows" },
  { kind: "short_page" },
  { kind: "repeated_cursor" },
  { kind: "missing_cursor" },
  { kind: "cursor_on_empty_page" },
  { kind: "late_rows", share: 0.5, lateByMs: 900_000 },
];

const PAGE_KINDS: ReadonlySet<FaultRule["kind"]> = new Set([
  "duplicate_rows",
  "unordered_rows",
  "short_page",
  "repeated_cursor",
  "missing_cursor",
  "cursor_on_empty_page",
]);
const CURSOR_KINDS: ReadonlySet<FaultRule["kind"]> = new Set([
  "repeated_cursor",
  "missing_cursor",
  "cursor_on_empty_page",
]);

/** True for a fault that changes a page in place of failing the request. */
export function isPageFault({ kind }: FaultRule): boolean {
  return PAGE_KINDS.has(kind);
}

/**
 * True where the fault can change something: a v1 log has no cursors and here one page, but for the busiest; a gauge has no rows.
 * A cursor on an empty page needs a log without events.
 */
export function isApplicable({ kind }: FaultRule, { paging, name }: Feed): boolean {
  if (kind === "cursor_on_empty_page") return false;
  if (paging === "gauge") return !PAGE_KINDS.has(kind) && kind !== "late_rows";
  if (paging === "list" && kind === "short_page") return name === "administrator_v1";
  return paging !== "list" || !CURSOR_KINDS.has(kind);
}

/** True where docs/spec/pull.md says what the fault costs: a v1 row twice in a page cannot be told from two equal events. */
export function isKnownLimit({ kind }: FaultRule, { paging }: Feed): boolean {
  return paging === "list" && kind === "duplicate_rows";
}

/** True where the fault, once it stays, makes the stream give way to the next one. */
export function endsStream({ kind, code }: FaultRule, { name }: Feed): boolean {
  if (kind !== "error_code") return false;
  if (name === "administrator_v1" || name === "offline_enrollment_v1")
    return code === 40301 || code === 40401;
  return name === "telephony_v2" && code === 40401;
}

import { createRandom } from "./dataset/random.ts";
import type { LateRows } from "./late-rows.ts";
import { STREAMS, type StreamSpec } from "./streams.ts";

/** Faults that answer in place of the endpoint, or damage the connection, before anything is checked. */
const ANSWER_FAULTS = [
  "rate_limited",
  "internal_error",
  "bad_gateway",
  "unavailable",
  "stat_fail",
  "error_code",
  "redirect",
  "not_json",
  "empty_body",
  "reset_before_headers",
  "hang",
  "slow",
  "reset_after_headers",
  "truncated_body",
  "clock_skew",
] as const;

/** Faults that change a page of rows. */
const PAGE_FAULTS = [
  "duplicate_rows",
  "unordered_rows",
  "short_page",
  "repeated_cursor",
  "missing_cursor",
  "cursor_on_empty_page",
] as const;

/** Every kind of fault. */
export const FAULT_KINDS: readonly FaultKind[] = [...ANSWER_FAULTS, ...PAGE_FAULTS, "late_rows"];

export type AnswerFault = (typeof ANSWER_FAULTS)[number];
export type PageFault = (typeof PAGE_FAULTS)[number];
export type FaultKind = AnswerFault | PageFault | "late_rows";

/** A rule that makes requests fail. */
export interface FaultRule {
  /**
   * - `rate_limited` 429 with code 42901, with `retryAfterSeconds` if given
   * - `internal_error` 500 with Duo's JSON, `bad_gateway` 502 and `unavailable` 503 with HTML
   * - `stat_fail` 200 whose `stat` is FAIL; `error_code` the answer of Duo's `code`, default 40301
   * - `redirect` 302 to `location`; `not_json` 200 with HTML; `empty_body` 200 with nothing
   * - `reset_before_headers`, `reset_after_headers` the connection is reset
   * - `hang` no answer ever; `slow` the right answer after `delayMs`; `truncated_body` half of the right answer
   * - `clock_skew` the server's clock is off by `skewMs` while the date is checked
   * - `duplicate_rows` the first `rows` rows twice (default 1); `unordered_rows` the page backwards
   * - `short_page` only `rows` rows (default half) although more follow, with the cursor that goes on from there
   * - `repeated_cursor` the cursor of the request again; `missing_cursor` rows but no `next_offset`
   * - `cursor_on_empty_page` a cursor although there are no rows
   * - `late_rows` a `share` of the rows is visible `lateByMs` later; not bound to requests, stays until cleared
   *
   * Page faults wait for a page they can change: one with rows, or a request with a cursor, or an empty page.
   */
  readonly kind: FaultKind;
  /** A stream's name, a path, or `*` for every endpoint, the default. */
  readonly target?: string;
  /** Requests about this account only; default: about any. */
  readonly accountId?: string;
  /** Lets requests before this instant of the simulator's clock pass, uncounted. Not of `late_rows`. */
  readonly activeFromMs?: number;
  /** Lets requests from this instant on pass. Not of `late_rows`. */
  readonly activeUntilMs?: number;
  /** How many requests it hits, 1 by default; 0 stands for all. */
  readonly times?: number;
  /** How many matching requests it lets pass first. Default 0. */
  readonly skip?: number;
  /** Chance from 0 to 1 to hit a matching request; the simulator's seed decides. Default 1. */
  readonly probability?: number;
  readonly retryAfterSeconds?: number;
  readonly code?: number;
  readonly location?: string;
  readonly delayMs?: number;
  readonly skewMs?: number;
  readonly rows?: number;
  /** Of `late_rows`, 0 to 1. Default 0.1. */
  readonly share?: number;
  /** Of `late_rows`. Default one hour. */
  readonly lateByMs?: number;
  /** Of `late_rows`: older rows are left alone. Default: rows that are not visible yet are hit. */
  readonly fromMs?: number;
}

/** The faults of a simulator. */
export interface Faults {
  /** Adds rules; earlier ones come first. Throws Error for an unknown kind or target. */
  readonly add: (...rules: readonly FaultRule[]) => void;
  /** Removes all rules; rows that were late become visible. */
  readonly clear: () => void;
  /** The rules that have not been used up. */
  readonly list: () => readonly FaultRule[];
}

/** What a rule looks at to know whether it is meant. */
export interface FaultedRequest {
  readonly path: string;
  /** The account asked about; null where there is none such. */
  readonly accountId: string | null;
  readonly nowMs: number;
}

/** What the server needs beyond what tests need. */
export interface FaultQueue extends Faults {
  /** Takes the first rule for a request, which is used up by that; `usable` leaves out those that cannot apply. */
  readonly take: (request: FaultedRequest, usable: (rule: FaultRule) => boolean) => FaultRule | undefined;
}

/** True for the kinds that act before a request is checked. */
export function isAnswerFault(kind: FaultKind): kind is AnswerFault {
  return (ANSWER_FAULTS as readonly string[]).includes(kind);
}

/** Makes an empty queue. */
export function createFaults(options: {
  readonly seed: number;
  readonly lateRows: LateRows;
  readonly lateFromMs: (stream: StreamSpec | undefined) => number;
}): FaultQueue {
  const { seed, lateRows, lateFromMs } = options;
  const random = createRandom(`${seed}/faults`);
  let active: { readonly rule: FaultRule; skip: number; left: number }[] = [];

  return {
    add: (...rules) => {
      rules.forEach(assertRule);
      for (const rule of rules) {
        if (rule.kind === "late_rows") {
          const stream = streamOf(rule);
          const { accountId, share = 0.1, lateByMs = 3_600_000, fromMs = lateFromMs(stream) } = rule;
          lateRows.add({ stream, accountId, share, lateByMs, fromMs });
          continue;
        }
        const times = rule.times ?? 1;
        active.push({ rule, skip: rule.skip ?? 0, left: times === 0 ? Infinity : times });
      }
    },
    clear: () => {
      active = [];
      lateRows.clear();
    },
    list: () => active.map(({ rule }) => rule),
    take: (request, usable) => {
      for (const entry of active) {
        const { rule } = entry;
        if (!hits(rule, request) || !usable(rule)) continue;
        if (entry.skip > 0) {
          entry.skip -= 1;
          continue;
        }
        if (rule.probability !== undefined && !random.chance(rule.probability)) continue;
        entry.left -= 1;
        active = active.filter((one) => one.left > 0);
        return rule;
      }
      return undefined;
    },
  };
}

function hits(rule: FaultRule, { path, accountId, nowMs }: FaultedRequest): boolean {
  const { target = "*", activeFromMs = -Infinity, activeUntilMs = Infinity } = rule;
  const isTarget =
    target === "*" ||
    target === path ||
    STREAMS.some(({ name, path: own }) => name === target && own === path);
  const isAccount = rule.accountId === undefined || rule.accountId === accountId;
  return isTarget && isAccount && nowMs >= activeFromMs && nowMs < activeUntilMs;
}

function streamOf({ target = "*" }: FaultRule): StreamSpec | undefined {
  return STREAMS.find(({ name, path }) => name === target || path === target);
}

function assertRule(rule: FaultRule): void {
  const { kind, target = "*", probability = 1, share = 0, times = 1 } = rule;
  if (!FAULT_KINDS.includes(kind)) {
    throw new Error(`Cannot add the fault: kind must be one of ${FAULT_KINDS.join(", ")}, got ${kind}`);
  }
  if (target !== "*" && !target.startsWith("/") && !streamOf(rule)) {
    throw new Error(`Cannot add the fault: target must be a stream, a path or *, got ${target}`);
  }
  for (const [name, value] of Object.entries({ probability, share })) {
    if (!(value >= 0 && value <= 1))
      throw new Error(`Cannot add the fault: ${name} must be from 0 to 1, got ${value}`);
  }
  if (!(times >= 0)) throw new Error(`Cannot add the fault: times must be 0 or more, got ${times}`);
}

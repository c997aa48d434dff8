import type { Account } from "./dataset/account.ts";
import type { LogRow } from "./dataset/timeline.ts";
import { streamNamed, type RawEvent, type StreamName, type StreamSpec } from "./streams.ts";

/** Where and when injected events appear. */
export interface InjectOptions {
  /** When they can be read; by default as any other event, after the availability delay. */
  readonly visibleAtMs?: number;
  /** The time of events that have none that can be read; by default now. */
  readonly atMs?: number;
  /**
   * Of a v1 log, whose events have no id: for each event the id of the happening in the log after it, so that the
   * ledger knows the two for one.
   */
  readonly ids?: readonly string[];
  /** Default: the main account. */
  readonly accountId?: string;
}

/** Puts things into the logs that the data set does not have. */
export interface Inject {
  /** Adds events as they are, also malformed ones; `summary` replaces the account summary by the last one given. */
  (stream: StreamName | "summary", events: readonly RawEvent[], options?: InjectOptions): void;
  /**
   * Changes members of a Trust Monitor event, by default from now on; when it surfaced and its key stay.
   *
   * @param sekey the event's key
   * @throws Error when no visible event has the key, or the patch holds the key or the time of surfacing
   */
  readonly trustMonitorChange: (
    sekey: string,
    patch: RawEvent,
    options?: Pick<InjectOptions, "accountId" | "atMs">,
  ) => void;
}

/** Makes what injects; `accountNamed` finds the account. */
export function createInject(
  accountNamed: (accountId: string | undefined) => Account,
  nowMs: () => number,
): Inject {
  let count = 0;
  const inject = (
    stream: StreamName | "summary",
    events: readonly RawEvent[],
    options: InjectOptions = {},
  ): void => {
    const account = accountNamed(options.accountId);
    const atMs = options.atMs ?? nowMs();
    if (stream === "summary") {
      for (const event of events) account.injectSummary(event, options.visibleAtMs ?? atMs);
      return;
    }
    const spec = streamNamed(stream);
    const rows = events.map((event, index): LogRow => {
      count += 1;
      const id = options.ids?.[index] ?? idOf(spec, event, count);
      const row = { ms: timeOf(spec, event) ?? atMs, id, event };
      return options.visibleAtMs === undefined ? row : { ...row, visibleAtMs: options.visibleAtMs };
    });
    account.timeline(spec.name).inject(rows);
  };
  return Object.assign(inject, {
    trustMonitorChange: (
      sekey: string,
      patch: RawEvent,
      options: Pick<InjectOptions, "accountId" | "atMs"> = {},
    ): void => {
      const account = accountNamed(options.accountId);
      assertChangeable(account, sekey, patch);
      account.trustMonitorVersions.change(sekey, { patch, atMs: options.atMs ?? nowMs() });
    },
  });
}

function assertChangeable(account: Account, sekey: string, patch: RawEvent): void {
  for (const key of ["sekey", "surfaced_timestamp"]) {
    if (Object.hasOwn(patch, key))
      throw new Error(`Cannot change the event: ${key} never changes, got ${JSON.stringify(patch[key])}`);
  }
  for (const { id } of account.timeline("trust_monitor").ascending({ fromMs: 0, toMs: Infinity })) {
    if (id === sekey) return;
  }
  throw new Error(`Cannot change the event: no visible event has the key, got ${sekey}`);
}

function timeOf(spec: StreamSpec, event: RawEvent | null): number | undefined {
  const value = event?.[spec.timeKey];
  if (typeof value === "string") {
    const ms = Date.parse(value);
    if (!Number.isNaN(ms)) return ms;
  }
  if (typeof value === "number" && Number.isFinite(value))
    return spec.convention === "list" ? value * 1000 : Math.floor(value);
  return undefined;
}

/** Rows without an id keep the order in which they were injected. */
function idOf(spec: StreamSpec, event: RawEvent | null, count: number): string {
  const id = event?.[spec.idKeys[0] ?? ""];
  return typeof id === "string" && id !== ""
    ? id
    : `00000000-0000-4000-8000-${String(count).padStart(12, "0")}`;
}

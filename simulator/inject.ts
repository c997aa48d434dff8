import type { Account } from "./dataset/account.ts";
import type { LogRow } from "./dataset/timeline.ts";
import { streamNamed, type RawEvent, type StreamName, type StreamSpec } from "./streams.ts";

/** Where and when injected events appear. */
export interface InjectOptions {
  /** When they can be read; by default as any other event, after the availability delay. */
  readonly visibleAtMs?: number;
  /** The time of events that have none that can be read; by default now. */
  readonly atMs?: number;
  /** Default: the main account. */
  readonly accountId?: string;
}

/** Adds events as they are, also malformed ones; `summary` replaces the account summary by the last one given. */
export type Inject = (
  stream: StreamName | "summary",
  events: readonly RawEvent[],
  options?: InjectOptions,
) => void;

/** Makes the function that injects; `accountNamed` finds the account. */
export function createInject(
  accountNamed: (accountId: string | undefined) => Account,
  nowMs: () => number,
): Inject {
  let count = 0;
  return (stream, events, options = {}) => {
    const account = accountNamed(options.accountId);
    const atMs = options.atMs ?? nowMs();
    if (stream === "summary") {
      for (const event of events) account.injectSummary(event, options.visibleAtMs ?? atMs);
      return;
    }
    const spec = streamNamed(stream);
    const rows = events.map((event): LogRow => {
      count += 1;
      const row = { ms: timeOf(spec, event) ?? atMs, id: idOf(spec, event, count), event };
      return options.visibleAtMs === undefined ? row : { ...row, visibleAtMs: options.visibleAtMs };
    });
    account.timeline(spec.name).inject(rows);
  };
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

import type { Clock } from "../core/clock.ts";
import { awsFailure } from "./aws-failure.ts";
import type { FunctionLogs, LogEvent } from "./function-logs.ts";

/** A line and the log group it stands in. */
export interface GroupedEvent extends LogEvent {
  readonly group: string;
}

const POLL_MS = 5_000;
/** CloudWatch shows lines late and out of order; so far back each look reads again. */
const LATE_MS = 60_000;

/** What to read. */
export interface TailRequest {
  readonly groups: readonly string[];
  readonly sinceMs: number;
  /** Goes on until the signal is aborted. */
  readonly isFollowing: boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Hears of each group that is not there, once. */
  readonly onMissing: (group: string) => void;
}

/**
 * Gives the lines of log groups, each one once, those of a look in the order of their time. A group that is not there has none.
 * Following goes on after a look that failed and may be made again, as one that AWS throttled.
 *
 * @throws what `read` throws
 */
export async function* tailLogs(read: FunctionLogs, request: TailRequest): AsyncGenerator<GroupedEvent> {
  const { groups, isFollowing, clock, signal } = request;
  const seen = new Map<string, number>();
  const missing = new Set<string>();
  const onMissing = (group: string): void => {
    if (!missing.has(group)) request.onMissing(group);
    missing.add(group);
  };
  let sinceMs = request.sinceMs;
  while (!signal.aborted) {
    const fromMs = sinceMs;
    const pages = await Promise.all(
      groups.map((group) => readGroup(read, { group, sinceMs: fromMs, signal, onMissing })),
    ).catch((error: unknown) => {
      // The next look begins where this one did.
      if (isFollowing && awsFailure("read logs", error).retryable) return [];
      throw error;
    });
    const fresh = pages.flat().filter(({ group, id }) => !seen.has(`${group} ${id}`));
    for (const event of fresh.toSorted((a, b) => a.atMs - b.atMs)) {
      seen.set(`${event.group} ${event.id}`, event.atMs);
      sinceMs = Math.max(sinceMs, event.atMs - LATE_MS);
      yield event;
    }
    if (!isFollowing) return;
    // What lies before the next look's beginning never comes again.
    for (const [id, atMs] of seen) if (atMs < sinceMs) seen.delete(id);
    // Stopping is how following ends.
    await clock.sleep(POLL_MS, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}

async function readGroup(
  read: FunctionLogs,
  {
    group,
    sinceMs,
    signal,
    onMissing,
  }: { readonly group: string; readonly sinceMs: number } & Pick<TailRequest, "signal" | "onMissing">,
): Promise<GroupedEvent[]> {
  const events: GroupedEvent[] = [];
  let next: string | undefined;
  do {
    const page = await read(group, { sinceMs, ...(next !== undefined && { next }) });
    if (page === "missing") {
      onMissing(group);
      return [];
    }
    events.push(...page.events.map((event) => ({ ...event, group })));
    next = page.next;
  } while (next !== undefined && !signal.aborted);
  return events;
}

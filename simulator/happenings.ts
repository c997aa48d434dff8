import type { Account } from "./dataset/account.ts";
import type { Range } from "./dataset/timeline.ts";
import type { RawEvent, StreamName } from "./streams.ts";

/** The logs that a newer one replaces. */
export type V1Stream = "authentication_v1" | "administrator_v1" | "telephony_v1" | "offline_enrollment_v1";

/** One thing that happened, as the old and the new log tell of it. */
export interface Happening {
  /** The id in the new log: `txid`, `activity_id` or `telephony_id`. */
  readonly id: string;
  /** Milliseconds since 1970; the v1 log has the second only. */
  readonly atMs: number;
  /** Undefined where the v1 log does not tell of it, as with actions that are newer than the log, or not yet. */
  readonly v1: RawEvent | undefined;
  /** Undefined for what was injected into the v1 log alone, or where the v2 log does not tell of it yet. */
  readonly v2: RawEvent | undefined;
}

interface Successor {
  readonly stream: StreamName;
  /** Which events of the new log are about what the old one told. */
  readonly owns: (event: RawEvent) => boolean;
}

const SUCCESSORS: Readonly<Record<V1Stream, Successor>> = {
  authentication_v1: { stream: "authentication_v2", owns: () => true },
  telephony_v1: { stream: "telephony_v2", owns: () => true },
  administrator_v1: { stream: "activity_v2", owns: (event) => !isOffline(event) },
  offline_enrollment_v1: { stream: "activity_v2", owns: isOffline },
};

/** Everything that a v1 log and the log after it tell of in a range, each happening once, oldest first. */
export function happeningsOf(account: Account, stream: V1Stream, range: Range): Happening[] {
  const { stream: newer, owns } = SUCCESSORS[stream];
  const found = new Map<string, Happening>();
  for (const { id, ms, event } of account.timeline(stream).ascending(range))
    found.set(id, { id, atMs: ms, v1: event, v2: undefined });
  for (const { id, ms, event } of account.timeline(newer).ascending(range)) {
    if (owns(event)) found.set(id, { id, atMs: ms, v1: found.get(id)?.v1, v2: event });
  }
  return [...found.values()].toSorted((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1));
}

/** The activity log has the events of offline access among all others. */
function isOffline(event: RawEvent | null): boolean {
  const action = event?.["action"];
  const name = typeof action === "object" && action !== null ? (action as RawEvent)["name"] : action;
  return typeof name === "string" && name.startsWith("o2fa_");
}

import { isJsonObject, type Json, type JsonObject } from "../core/json.ts";
import type { EndpointWait } from "./endpoint-wait.ts";

/** The name of a log source's note in the journal. */
export function waitingNoteName(source: string): string {
  return `${source}.waiting`;
}

/** A daemon that lives writes its note again within seconds; an older one tells of one that does not. */
const AGE_MS_MAX = 30_000;

/**
 * Writes what waits at one log source as a note for the journal; pure.
 *
 * @param options `outlives`: whoever writes it ends now, and what it says holds all the same until its times are over
 */
export function toWaitingNote(
  waits: readonly EndpointWait[],
  nowMs: number,
  { outlives = false }: { readonly outlives?: boolean } = {},
): Readonly<Record<string, unknown>> {
  return {
    at: new Date(nowMs).toISOString(),
    ...(outlives && { outlives }),
    waiting: waits.map(({ account, endpoint, reason, priority, untilMs, rejectedCount }) => ({
      account: account ?? null,
      endpoint,
      reason,
      priority: priority ?? null,
      until: new Date(untilMs).toISOString(),
      rejected_count: rejectedCount ?? null,
    })),
  };
}

/** Reads the note; what cannot be read, is over or too old is left out, for it is a notice and no state; pure. */
export function readWaitingNote(note: JsonObject | undefined, nowMs: number): EndpointWait[] {
  const { at, waiting, outlives } = note ?? {};
  if (typeof at !== "string") return [];
  if (outlives !== true && !(Math.abs(nowMs - Date.parse(at)) <= AGE_MS_MAX)) return [];
  if (!Array.isArray(waiting)) return [];
  return (waiting as readonly Json[]).flatMap(toWait).filter(({ untilMs }) => untilMs > nowMs);
}

function toWait(value: Json): EndpointWait[] {
  if (!isJsonObject(value)) return [];
  const { account, endpoint, until, rejected_count: rejectedCount } = value;
  const untilMs = typeof until === "string" ? Date.parse(until) : Number.NaN;
  const reason = (["hold", "behind", "rate"] as const).find((one) => one === value["reason"]);
  if (typeof endpoint !== "string" || Number.isNaN(untilMs) || reason === undefined) return [];
  return [
    {
      account: typeof account === "string" ? account : undefined,
      endpoint,
      reason,
      priority: (["live", "reread", "backfill"] as const).find((one) => one === value["priority"]),
      untilMs,
      rejectedCount: typeof rejectedCount === "number" ? rejectedCount : undefined,
    },
  ];
}

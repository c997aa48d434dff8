import type { Candidate } from "./candidates.ts";
import type { KnownIdentities } from "./known-identities.ts";
import type { Twins } from "./twins.ts";

/**
 * True where the lake has neither the event nor its twin (invariant P3); from then on the event counts as known, so that it
 * is new once only. An event that has a twin is not remembered: the next pull must see it claim the twin again, or an equal
 * happening that comes late would claim it.
 */
export function isNewEvent(
  { event, hash, tsUs, timeKnown }: Candidate,
  { known, twins }: { readonly known: KnownIdentities; readonly twins: Twins | undefined },
): boolean {
  if (known.has(hash, timeKnown ? tsUs : undefined)) return false;
  if (twins?.claim(event, hash) === true) return false;
  known.add(hash, tsUs);
  return true;
}

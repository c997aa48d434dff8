import { createHash } from "node:crypto";

/** How a data set's events come late, by the seed; unlike the fault `late_rows` it is there from the beginning. */
export interface LateDelivery {
  /** Which part of the events is late, 0 to 1. */
  readonly share: number;
  /** No event is later than this, milliseconds above 0. */
  readonly upToMs: number;
}

/**
 * How much later than usual an event appears, in milliseconds; 0 for one that is on time. Most of the late ones
 * are late by little: half of them by less than an eighth of `upToMs`.
 *
 * @param id the happening's id, so that both logs that tell of it are late together
 */
export function lateByMs({ share, upToMs }: LateDelivery, seed: string, id: string): number {
  if (share === 0) return 0;
  const digest = createHash("sha256").update(`${seed}/late-delivery/${id}`).digest();
  if (fraction(digest, 0) >= share) return 0;
  return Math.ceil(fraction(digest, 4) ** 3 * upToMs);
}

function fraction(digest: Buffer, offset: number): number {
  return digest.readUInt32BE(offset) / 4_294_967_296;
}

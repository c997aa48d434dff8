import { DuolakeError } from "../core/errors.ts";
import type { Stream } from "../duo/tables/table.ts";

/**
 * The streams to ask for a table, in this order; pure.
 *
 * @param streams those that may feed it, in order of preference
 * @param current the one that feeds it now: what stands before it is not asked any more
 */
export function streamsFrom(streams: readonly Stream[], current: string): readonly Stream[] {
  return streams.slice(
    Math.max(
      streams.findIndex(({ name }) => name === current),
      0,
    ),
  );
}

/** True where a stream's answer means that the next one is to be asked; pure. */
export function givesWay({ givesWayOn = [] }: Stream, error: DuolakeError): boolean {
  if (error.code === "duo_not_found") return givesWayOn.includes("gone");
  if (error.code === "duo_forbidden") return givesWayOn.includes("forbidden");
  return false;
}

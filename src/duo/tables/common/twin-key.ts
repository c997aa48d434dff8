import type { Json } from "../../../core/json.ts";
import { parseTimestamp } from "../../../ecs/parse-timestamp.ts";

const SECOND_US = 1_000_000;

/**
 * Gives the text by which the streams of a table know the same happening: its second, for v1 logs tell no
 * finer, and what every one of them tells of it.
 *
 * @param times where the event may name its time, best first; the first readable one counts
 * @param parts null, empty and missing are the same, and so are a number and its text
 * @returns undefined where no time can be read or a part is a structure: such an event has no twin
 */
export function twinKey(
  times: readonly (Json | undefined)[],
  parts: readonly (Json | undefined)[],
): string | undefined {
  const second = secondOf(times);
  if (second === undefined) return undefined;
  const texts: string[] = [];
  for (const part of parts) {
    if (typeof part === "object" && part !== null) return undefined;
    texts.push(part === null || part === undefined ? "" : String(part));
  }
  return JSON.stringify([second, ...texts]);
}

function secondOf(times: readonly (Json | undefined)[]): number | undefined {
  for (const time of times) {
    const us = time === undefined ? undefined : parseTimestamp(time);
    if (us !== undefined) return Math.floor(us / SECOND_US);
  }
  return undefined;
}

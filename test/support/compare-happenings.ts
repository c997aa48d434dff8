import type { Happening } from "../../simulator/happenings.ts";
import { canonical } from "./canonical.ts";
import type { Difference } from "./pull-harness.ts";

/**
 * Compares a table that one log and then another fed with what happened: each happening is there once, under either log's words.
 *
 * @param changedOverMs since when the newer log feeds the table; Infinity where it never did. What only the newer log tells of
 *   may be there from before, and what only the older one tells of may be there from after it, but neither need be.
 */
export function compareHappenings(
  happenings: readonly Happening[],
  found: readonly string[],
  changedOverMs: number,
): Difference {
  const counts = new Map<string, number>();
  for (const text of found) counts.set(text, (counts.get(text) ?? 0) + 1);
  const take = (text: string | undefined): boolean => {
    const count = text === undefined ? 0 : (counts.get(text) ?? 0);
    if (text === undefined || count === 0) return false;
    counts.set(text, count - 1);
    return true;
  };
  const lost: string[] = [];
  for (const { atMs, v1, v2 } of happenings) {
    const isThere = take(v2 && canonical(v2)) || take(v1 && canonical(v1));
    const isOptional = v1 === undefined ? atMs < changedOverMs : v2 === undefined && atMs >= changedOverMs;
    if (!isThere && !isOptional) lost.push(canonical(v1 ?? v2));
  }
  const repeated = [...counts].flatMap(([text, count]) => Array.from({ length: count }, () => text));
  return { lost, repeated };
}

import type { Random } from "./random.ts";

const REPEATED_SHARE = 0.04;
const SECOND_US = 1_000_000;

/**
 * Puts now and then a repetition in the place of an item: the same happening once more in the same second, with an id
 * of its own. The v1 log, which has neither ids nor fractions of a second, then has equal rows, and a collector
 * has to keep both.
 */
export function repeated<T extends { readonly us: number; readonly id: string }>(
  items: readonly T[],
  random: Random,
): T[] {
  return items.map((item, index) => {
    const before = items[index - 1];
    if (!before || !random.chance(REPEATED_SHARE)) return item;
    return {
      ...before,
      us: Math.floor(before.us / SECOND_US) * SECOND_US + random.int(SECOND_US),
      id: random.uuid(),
    };
  });
}

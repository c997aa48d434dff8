/** A source of chance that gives the same for the same seed, so that a failure can be replayed. */
export interface Random {
  /** 0 <= x < 1. */
  readonly next: () => number;
  readonly chance: (probability: number) => boolean;
  /** Whole number, both ends included. */
  readonly between: (min: number, max: number) => number;
  readonly pick: <T>(from: readonly T[]) => T;
}

/** Mulberry32; `seed` is a whole number. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    chance: (probability) => next() < probability,
    between: (min, max) => min + Math.floor(next() * (max - min + 1)),
    pick: (from) => from[Math.floor(next() * from.length)] as (typeof from)[number],
  };
}

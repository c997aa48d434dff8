import type { Http } from "../src/core/http.ts";
import type { Store } from "../src/lake/store/store.ts";

/** A disk and a network that die with the program. */
export interface Mortal {
  readonly store: Store;
  readonly http: Http;
  /** Dies at that operation of the disk, the next one being 1: before it, or after it without its answer being heard. */
  readonly dieAt: (operation: number, isAfter: boolean) => void;
  readonly isDead: () => boolean;
  /** How many operations have begun or ended. */
  readonly activity: () => number;
}

/** Makes a program's disk and network mortal; after death every call fails and changes nothing. */
export function createMortal(disk: Store, network: Http): Mortal {
  let left = Infinity;
  let diesAfter = false;
  let isDead = false;
  let activity = 0;
  const die = (): never => {
    isDead = true;
    throw new Error("the program was killed");
  };
  const step = async <T>(operation: () => Promise<T>, isCounted: boolean): Promise<T> => {
    activity += 1;
    if (isDead) die();
    if (isCounted) left -= 1;
    const isLast = isCounted && left === 0;
    if (isLast && !diesAfter) die();
    try {
      const answer = await operation();
      if (isDead || isLast) die();
      return answer;
    } finally {
      activity += 1;
    }
  };
  const entries = Object.entries(disk).map(([name, member]: [string, unknown]) => {
    const call = member as (...args: unknown[]) => Promise<unknown>;
    return [name, (...args: unknown[]) => step(() => call.apply(disk, args), true)] as const;
  });
  return {
    store: Object.fromEntries(entries) as unknown as Store,
    http: (request) => step(() => network(request), false),
    dieAt: (operation, isAfter) => {
      left = operation;
      diesAfter = isAfter;
    },
    isDead: () => isDead,
    activity: () => activity,
  };
}

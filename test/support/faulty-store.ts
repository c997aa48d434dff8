import { localStore } from "../../src/lake/store/local.ts";
import type { Store } from "../../src/lake/store/store.ts";

/** A store of the local disk that goes wrong, and how many operations it was asked for. */
export interface FaultyStore {
  readonly store: Store;
  readonly count: () => number;
}

type Operation = (...args: unknown[]) => Promise<unknown>;

/** The operations that change something. A program killed before one that only reads leaves what a kill after the last change does. */
const CHANGES: ReadonlySet<string> = new Set(["writeNew", "putIfAbsent", "replace", "adopt", "remove"]);
/** Those that need room. */
const WRITES: ReadonlySet<string> = new Set(["writeNew", "putIfAbsent", "replace", "adopt"]);

/**
 * A disk that dies with the program: the operation with the given number either does not happen (`isHeard`) or happens without its
 * answer being heard, and nothing works after it. `among` says which operations count.
 */
export function dyingStore(
  diesAt: number,
  { isHeard, among = "all" }: { readonly isHeard: boolean; readonly among?: "all" | "changes" },
): FaultyStore {
  let count = 0;
  const store = wrapped((name, operation) => async (...args) => {
    const counts = among === "all" || CHANGES.has(name);
    if (counts) count += 1;
    if (count > diesAt || (counts && count === diesAt && isHeard)) throw new Error("the program was killed");
    const answer = await operation(...args);
    if (counts && count >= diesAt) throw new Error("the program was killed");
    return answer;
  });
  return { store, count: () => count };
}

/** A disk on which the write with the given number and all after it fail; reading and removing go on. `code` as in ENOSPC. */
export function refusingStore(failsFrom: number, code: string): FaultyStore {
  let count = 0;
  const store = wrapped((name, operation) => async (...args) => {
    if (!WRITES.has(name)) return operation(...args);
    count += 1;
    if (count >= failsFrom) throw Object.assign(new Error(`${code}: injected`), { code });
    return operation(...args);
  });
  return { store, count: () => count };
}

function wrapped(wrap: (name: string, operation: Operation) => Operation): Store {
  const disk = localStore();
  const entries = Object.entries(disk).map(([name, member]: [string, unknown]) => [
    name,
    typeof member === "function" ? wrap(name, member.bind(disk) as Operation) : member,
  ]);
  return Object.fromEntries(entries) as Store;
}

import type { Store } from "../../../src/lake/store/store.ts";
import { UnknownOutcome } from "../../../src/lake/store/store.ts";

/** Makes calls wait for as many turns as `delays` says, and loses the answers of some commits. */
export function chaotic(
  store: Store,
  options: { delays: readonly number[]; losses: readonly string[] },
): Store {
  let calls = 0;
  let puts = 0;
  const wait = async (): Promise<void> => {
    const turns = options.delays[calls % options.delays.length] ?? 0;
    calls += 1;
    for (let i = 0; i < turns; i += 1) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
  };
  return {
    ...store,
    read: async (path) => {
      await wait();
      return store.read(path);
    },
    exists: async (path) => {
      await wait();
      return store.exists(path);
    },
    writeNew: async (path, bytes) => {
      await wait();
      await store.writeNew(path, bytes);
    },
    putIfAbsent: async (path, bytes) => {
      await wait();
      const loss = options.losses[puts % options.losses.length];
      puts += 1;
      if (loss === "before") throw new UnknownOutcome(path, new Error("lost"));
      const done = await store.putIfAbsent(path, bytes);
      if (loss === "after") throw new UnknownOutcome(path, new Error("lost"));
      return done;
    },
  };
}

import type { Clock } from "../../../src/core/clock.ts";
import type { Store } from "../../../src/lake/store/store.ts";

/** A store whose files have the age that the clock says. */
export function timed(store: Store, clock: Clock): Store {
  const writtenMs = new Map<string, number>();
  const note = (path: string): void => void writtenMs.set(path, clock.nowMs());
  return {
    ...store,
    writeNew: async (path, bytes) => {
      await store.writeNew(path, bytes);
      note(path);
    },
    putIfAbsent: async (path, bytes) => {
      const isPut = await store.putIfAbsent(path, bytes);
      if (isPut) note(path);
      return isPut;
    },
    replace: async (path, bytes) => {
      await store.replace(path, bytes);
      note(path);
    },
    list: async (path, options) =>
      (await store.list(path, options)).map((entry) => ({
        ...entry,
        modifiedAtMs: writtenMs.get(entry.path) ?? 0,
      })),
  };
}

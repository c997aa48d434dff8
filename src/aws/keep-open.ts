import type { PullingApp } from "./pulling-app.ts";

/** A container remembers tables of about so many log sources: what it knew of thousands would fill its memory. */
const SOURCE_COUNT_MAX = 100;

/**
 * Keeps the program from one message to the next, until it knows too many log sources; then it is put together anew. One message at a
 * time, as Lambda hands them to a container.
 *
 * @param open puts it together; after a failure it is tried again
 * @returns gives the program for the log sources of a message
 */
export function keepOpen(
  open: () => Promise<PullingApp>,
): (sources: readonly string[]) => Promise<PullingApp> {
  let kept: Promise<PullingApp> | undefined;
  let known = new Set<string>();
  return async (sources) => {
    const all = new Set([...known, ...sources]);
    const old = kept;
    if (old !== undefined && all.size > Math.max(SOURCE_COUNT_MAX, sources.length)) {
      kept = undefined;
      known = new Set(sources);
      await (await old)[Symbol.asyncDispose]();
    } else known = all;
    kept ??= open();
    try {
      return await kept;
    } catch (error) {
      kept = undefined;
      throw error;
    }
  };
}

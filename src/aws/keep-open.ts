import { KEPT_SOURCE_COUNT_MAX } from "./program-share.ts";
import type { PullingApp } from "./pulling-app.ts";

interface Kept {
  /** What it was opened for, and what it knows besides. */
  readonly names: ReadonlySet<string>;
  readonly pulling: PullingApp;
}

/**
 * Keeps programs from one message to the next, until they know too many log sources; then the one that was asked for least lately is
 * closed. One message at a time, as Lambda hands them to a container.
 *
 * @param open puts a program together for these log sources, or for more; after a failure it is tried again
 * @returns gives the program for the log sources of a message
 */
export function keepOpen(
  open: (sources: readonly string[]) => Promise<PullingApp>,
): (sources: readonly string[]) => Promise<PullingApp> {
  let kept: readonly Kept[] = [];
  return async (sources) => {
    const found = kept.find(({ names }) => sources.every((source) => names.has(source)));
    if (found !== undefined) {
      kept = [found, ...kept.filter((one) => one !== found)];
      return found.pulling;
    }
    // Before the new one is opened: both at once might be too much.
    while (kept.length > 0 && count(kept) + sources.length > KEPT_SOURCE_COUNT_MAX) {
      const last = kept.at(-1);
      kept = kept.slice(0, -1);
      await last?.pulling[Symbol.asyncDispose]();
    }
    const pulling = await open(sources);
    kept = [
      { names: new Set([...sources, ...pulling.app.sources.map(({ name }) => name)]), pulling },
      ...kept,
    ];
    return pulling;
  };
}

function count(kept: readonly Kept[]): number {
  return kept.reduce((sum, { names }) => sum + names.size, 0);
}

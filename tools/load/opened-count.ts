import { KEPT_SOURCE_COUNT_MAX } from "../../src/aws/program-share.ts";
import type { LoadContainer } from "./containers.ts";

/**
 * How many of the log sources of a message a container has to open; it knows them from then on.
 *
 * Up to 100 log sources of a deployment share one program, but their tables are opened with the first message of each all the same.
 */
export function openedCount(container: LoadContainer, sources: readonly string[]): number {
  const key = sources.join(" ");
  const isKnown = container.opened.has(key);
  container.opened.delete(key);
  for (const oldest of container.opened.keys()) {
    if (sumOf(container) + sources.length <= KEPT_SOURCE_COUNT_MAX) break;
    container.opened.delete(oldest);
  }
  // The last one of the map is the one that was asked for last.
  container.opened.set(key, sources.length);
  return isKnown ? 0 : sources.length;
}

function sumOf({ opened }: LoadContainer): number {
  return [...opened.values()].reduce((sum, count) => sum + count, 0);
}

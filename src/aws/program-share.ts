/** A container keeps what it knows of so many log sources: what it knew of thousands would fill its memory. */
export const KEPT_SOURCE_COUNT_MAX = 100;

/** What a container puts together for a message. */
export interface ProgramShare {
  /** The log sources to load; undefined: all. */
  readonly names: readonly string[] | undefined;
  /** Of the container's room for files, above 0 to 1. */
  readonly cacheShare: number;
}

/**
 * Says which log sources a program is put together for; pure. One program serves all of a small deployment. Of a larger one, which takes a
 * minute to load, it serves those of the message, and as many programs as are kept share the room in /tmp.
 *
 * @param sourceCount log sources of the deployment
 * @param asked those of the message, 1 or more
 */
export function programShare(sourceCount: number, asked: readonly string[]): ProgramShare {
  if (sourceCount <= KEPT_SOURCE_COUNT_MAX) return { names: undefined, cacheShare: 1 };
  return { names: asked, cacheShare: Math.min(1, asked.length / KEPT_SOURCE_COUNT_MAX) };
}

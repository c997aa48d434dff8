import { randomUUID } from "node:crypto";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../core/clock.ts";

const UNUSED_MS_MAX = 24 * 3_600_000;

/** Names of temporary folders below one root; a name is never used twice, also not by another process. */
export interface SpoolFolders {
  readonly next: () => string;
}

/**
 * Temporary folders beside the tables, on the same file system, so that a finished file can be moved into its table.
 *
 * A process that is killed leaves its folders behind; the first use clears away those that nobody touched for a day.
 */
export function spoolFolders(root: string, clock: Clock): SpoolFolders {
  let swept = false;
  return {
    next: () => {
      if (!swept) {
        swept = true;
        void sweep(root, clock.nowMs());
      }
      return join(root, randomUUID());
    },
  };
}

/** Best effort: what cannot be removed now is tried again by the next process. */
async function sweep(root: string, nowMs: number): Promise<void> {
  const names = await readdir(root).catch(() => []);
  for (const name of names) {
    const folder = join(root, name);
    const status = await stat(folder).catch(() => undefined);
    if (status === undefined || nowMs - status.mtimeMs < UNUSED_MS_MAX) continue;
    await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}

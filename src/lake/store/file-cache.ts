import { createHash, randomUUID } from "node:crypto";
import { link, open, readdir, rename, rm, stat, unlink, utimes } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../core/clock.ts";
import { createMutex, type Exclusively } from "../../core/create-gate.ts";
import { systemCode } from "../../core/errors.ts";
import { mapBounded } from "../../core/map-bounded.ts";
import { makeFolder } from "./make-folder.ts";
import type { FileLease } from "./store.ts";

/** More at once would not be faster; each may be waiting for a download. */
const LEASE_CONCURRENCY_MAX = 8;
/** What a killed process left in use is cleared away after this long. */
const UNUSED_MS_MAX = 24 * 3_600_000;
/** The folder is counted again when this share of the bound came in. */
const COUNT_AGAIN_SHARE = 1 / 16;

/** Puts a file at the target; what is thrown is thrown to whoever asked for the file. */
export type Fetch = (path: string, target: string) => Promise<void>;

/** Copies of files that never change, on the local disk. */
export interface FileCache {
  /** The files as they are on this disk, fetched where they are not; they stay until the release, whatever else happens. */
  readonly lease: (paths: readonly string[], fetch: Fetch) => Promise<FileLease>;
  /** Takes over a local file as the copy of a path. Best effort: where it fails, the file stays where it is. */
  readonly keep: (path: string, file: string) => Promise<void>;
}

/**
 * A cache in a folder, safe for several processes. A copy gets its name when it is whole. Beyond the bound the copies that
 * were not asked for longest are removed; what is in use has a second name of its own and lives on until its
 * release, so that the folder may be over the bound for as long.
 *
 * @param options `folder` holds nothing else; `name` tells stores apart that have the same paths; `sizeBytesMax` default 1 GB
 */
export function fileCache(options: {
  readonly folder: string;
  readonly name: string;
  readonly clock: Clock;
  readonly sizeBytesMax?: number;
}): FileCache {
  const { folder, clock, sizeBytesMax = 1_000_000_000 } = options;
  const files = join(folder, "files");
  const inUse = join(folder, "in-use");
  const busy = new Map<string, { readonly exclusively: Exclusively; waiting: number }>();
  const sweep = sweeper({ files, inUse, clock, sizeBytesMax });
  const copyOf = (path: string): string =>
    join(files, createHash("sha256").update(`${options.name}\n${path}`).digest("hex"));
  return {
    lease: async (paths, fetch) => {
      const own = join(inUse, randomUUID());
      makeFolder(files);
      makeFolder(own);
      const release = (): Promise<void> => rm(own, { recursive: true, force: true }).catch(() => {});
      try {
        await sweep.once();
        const indexed = paths.map((path, index) => ({ path, name: join(own, `${index}.parquet`) }));
        const names = await mapBounded(indexed, LEASE_CONCURRENCY_MAX, async ({ path, name }) => {
          const copy = copyOf(path);
          const addedBytes = await oneAtATime(busy, copy, async () => {
            if (await borrow(copy, { name, nowMs: clock.nowMs() })) return 0;
            const fetched = join(own, `${randomUUID()}.part`);
            await fetch(path, fetched);
            await link(fetched, name);
            const { size } = await stat(fetched);
            await rename(fetched, copy);
            await touch(copy, clock.nowMs());
            return size;
          });
          sweep.added(addedBytes);
          return name;
        });
        await sweep.ifGrown();
        return { paths: names, release };
      } catch (error) {
        await release();
        throw error;
      }
    },
    keep: async (path, file) => {
      try {
        makeFolder(files);
        const size = await sync(file);
        await touch(file, clock.nowMs());
        await rename(file, copyOf(path));
        sweep.added(size);
        await sweep.ifGrown();
      } catch {
        // Then it is fetched when somebody asks for it.
      }
    },
  };
}

/** Gives a copy a second name and notes the use; false where there is none. */
async function borrow(
  copy: string,
  { name, nowMs }: { readonly name: string; readonly nowMs: number },
): Promise<boolean> {
  try {
    await link(copy, name);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false;
    throw error;
  }
  await touch(name, nowMs);
  return true;
}

/** Makes a file durable before it gets its name: half of one would stay unreadable. Gives its size, bytes. */
async function sync(path: string): Promise<number> {
  const file = await open(path, "r+");
  try {
    await file.datasync();
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

/** The time of the last use; the system's own access time is often not kept. */
async function touch(file: string, nowMs: number): Promise<void> {
  await utimes(file, nowMs / 1000, nowMs / 1000).catch(() => {});
}

/** Lets one caller at a time work on a copy, so that two readers of this process do not fetch it twice. */
async function oneAtATime<T>(
  busy: Map<string, { readonly exclusively: Exclusively; waiting: number }>,
  copy: string,
  work: () => Promise<T>,
): Promise<T> {
  const place = busy.get(copy) ?? { exclusively: createMutex(), waiting: 0 };
  busy.set(copy, place);
  place.waiting += 1;
  try {
    return await place.exclusively(work);
  } finally {
    place.waiting -= 1;
    if (place.waiting === 0) busy.delete(copy);
  }
}

interface Sweeper {
  /** Clears away what killed processes left; only the first call does something. */
  readonly once: () => Promise<void>;
  readonly added: (sizeBytes: number) => void;
  /** Keeps the bound; looks only when enough came in since the last look. */
  readonly ifGrown: () => Promise<void>;
}

function sweeper(options: {
  readonly files: string;
  readonly inUse: string;
  readonly clock: Clock;
  readonly sizeBytesMax: number;
}): Sweeper {
  const { files, inUse, clock, sizeBytesMax } = options;
  let first: Promise<void> | undefined;
  // The first look comes with the first file: others may have filled the folder before.
  let grownBytes = sizeBytesMax;
  return {
    once: () => (first ??= removeUnused(inUse, clock.nowMs())),
    added: (sizeBytes) => {
      grownBytes += sizeBytes;
    },
    ifGrown: async () => {
      if (grownBytes <= sizeBytesMax * COUNT_AGAIN_SHARE) return;
      grownBytes = 0;
      await removeOldest(files, sizeBytesMax * (1 - COUNT_AGAIN_SHARE));
    },
  };
}

async function removeUnused(inUse: string, nowMs: number): Promise<void> {
  for (const { path, modifiedAtMs } of await filesIn(inUse)) {
    if (nowMs - modifiedAtMs < UNUSED_MS_MAX) continue;
    await rm(path, { recursive: true, force: true }).catch(() => {});
  }
}

/** Best effort: another process may remove the same files, and one that is asked for again is fetched again. */
async function removeOldest(files: string, sizeBytesMax: number): Promise<void> {
  const found = await filesIn(files);
  let sizeBytes = found.reduce((sum, file) => sum + file.sizeBytes, 0);
  for (const file of found.sort((a, b) => a.modifiedAtMs - b.modifiedAtMs)) {
    if (sizeBytes <= sizeBytesMax) return;
    await unlink(file.path).catch(() => {});
    sizeBytes -= file.sizeBytes;
  }
}

async function filesIn(
  folder: string,
): Promise<{ readonly path: string; readonly sizeBytes: number; readonly modifiedAtMs: number }[]> {
  const names = await readdir(folder).catch(() => []);
  const found = await mapBounded(names, LEASE_CONCURRENCY_MAX, async (name) => {
    const path = join(folder, name);
    const status = await stat(path).catch(() => undefined);
    return status === undefined ? [] : [{ path, sizeBytes: status.size, modifiedAtMs: status.mtimeMs }];
  });
  return found.flat();
}

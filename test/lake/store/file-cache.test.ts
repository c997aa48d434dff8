import { mkdir, readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Clock } from "../../../src/core/clock.ts";
import { type FileCache, fileCache } from "../../../src/lake/store/file-cache.ts";
import { tempDir } from "../support/temp-dir.ts";

/** A clock that goes on by a second with every look. */
function tickingClock(): Clock {
  let nowMs = Date.UTC(2026, 0, 1);
  return {
    nowMs: () => {
      nowMs += 1_000;
      return nowMs;
    },
    sleep: () => Promise.resolve(),
  };
}

/** A cache whose files say their own path, and what was fetched for it. */
function testCache(
  folder: string,
  sizeBytesMax: number = 1_000_000,
): {
  readonly read: (...paths: string[]) => Promise<string[]>;
  readonly cache: FileCache;
  readonly fetched: string[];
  readonly fetch: (path: string, target: string) => Promise<void>;
} {
  const fetched: string[] = [];
  const cache = fileCache({ folder, name: "store", clock: tickingClock(), sizeBytesMax });
  const fetch = async (path: string, target: string): Promise<void> => {
    fetched.push(path);
    await writeFile(target, path.repeat(100));
  };
  return {
    cache,
    fetch,
    fetched,
    read: async (...paths) => {
      const lease = await cache.lease(paths, fetch);
      const contents = await Promise.all(lease.paths.map((path) => readFile(path, "utf8")));
      await lease.release();
      return contents;
    },
  };
}

test("fileCache.lease fetches a file once for all who ask, one after the other or at once", async () => {
  await using dir = await tempDir();
  const { read, fetched } = testCache(dir.path);
  const answers = await Promise.all(Array.from({ length: 6 }, () => read("a", "b", "a")));
  for (const answer of answers) expect(answer).toEqual(["a", "b", "a"].map((path) => path.repeat(100)));
  await read("b");
  expect(fetched.sort()).toEqual(["a", "b"]);
  expect(await readdir(join(dir.path, "in-use"))).toEqual([]);
});

test("fileCache.lease finds what another process fetched, and nothing of another store", async () => {
  await using dir = await tempDir();
  await testCache(dir.path).read("a");
  const second = testCache(dir.path);
  await second.read("a");
  expect(second.fetched).toEqual([]);
  const other = fileCache({ folder: dir.path, name: "other", clock: tickingClock() });
  const lease = await other.lease(["a"], second.fetch);
  await lease.release();
  expect(second.fetched).toEqual(["a"]);
});

test("fileCache keeps its bound by removing what was not asked for longest", async () => {
  await using dir = await tempDir();
  // Ten files of 100 bytes are above it, nine are not.
  const { read, fetched } = testCache(dir.path, 1_000);
  for (const path of ["0", "1", "2", "3", "4", "5", "6", "7", "8"]) await read(path);
  await read("0");
  await read("9");
  fetched.length = 0;
  for (const path of ["0", "9", "8"]) await read(path);
  expect(fetched).toEqual([]);
  await read("1");
  expect(fetched).toEqual(["1"]);
  const names = await readdir(join(dir.path, "files"));
  expect(names.length).toBeLessThanOrEqual(10);
});

test("fileCache removes nothing that is in use, however small the bound", async () => {
  await using dir = await tempDir();
  const { cache, read, fetch, fetched } = testCache(dir.path, 150);
  const lease = await cache.lease(["a", "b", "c"], fetch);
  for (const path of ["d", "e", "f"]) await read(path);
  expect((await readdir(join(dir.path, "files"))).length).toBeLessThanOrEqual(1);
  for (const [index, path] of lease.paths.entries()) {
    expect(await readFile(path, "utf8")).toBe("abc".charAt(index).repeat(100));
  }
  await lease.release();
  for (const path of lease.paths) await expect(stat(path)).rejects.toThrow("ENOENT");
  fetched.length = 0;
  await read("a");
  expect(fetched).toEqual(["a"]);
});

test("fileCache never shows a file that is not whole: a fetch that fails leaves nothing", async () => {
  await using dir = await tempDir();
  const { cache, read } = testCache(dir.path);
  const broken = cache.lease(["a", "b"], async (_path, target) => {
    await writeFile(target, "half");
    throw new Error("it broke off");
  });
  await expect(broken).rejects.toThrow("it broke off");
  expect(await readdir(join(dir.path, "files"))).toEqual([]);
  expect(await readdir(join(dir.path, "in-use"))).toEqual([]);
  expect(await read("a")).toEqual(["a".repeat(100)]);
});

test("fileCache.keep takes a file over without a fetch, and leaves it where it cannot", async () => {
  await using dir = await tempDir();
  const { cache, read, fetched } = testCache(join(dir.path, "cache"));
  await writeFile(join(dir.path, "own"), "own");
  await cache.keep("a", join(dir.path, "own"));
  expect(await read("a")).toEqual(["own"]);
  expect(fetched).toEqual([]);
  await expect(stat(join(dir.path, "own"))).rejects.toThrow("ENOENT");
  await cache.keep("b", join(dir.path, "missing"));
  expect(await read("b")).toEqual(["b".repeat(100)]);
});

test("fileCache clears away what a killed process had in use a day ago, and nothing younger", async () => {
  await using dir = await tempDir();
  const nowMs = Date.UTC(2026, 0, 2);
  for (const [name, ageMs] of [
    ["old", 25 * 3_600_000],
    ["young", 3_600_000],
  ] as const) {
    const folder = join(dir.path, "in-use", name);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "0.parquet"), "x");
    await utimes(folder, (nowMs - ageMs) / 1000, (nowMs - ageMs) / 1000);
  }
  const cache = fileCache({
    folder: dir.path,
    name: "store",
    clock: { nowMs: () => nowMs, sleep: () => Promise.resolve() },
  });
  const lease = await cache.lease([], () => Promise.resolve());
  await lease.release();
  expect(await readdir(join(dir.path, "in-use"))).toEqual(["young"]);
});

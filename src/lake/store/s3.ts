import { rm } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { mapBounded } from "../../core/map-bounded.ts";
import type { Clock } from "../../core/clock.ts";
import { createGate } from "../../core/create-gate.ts";
import type { FileCache } from "./file-cache.ts";
import type { S3Requests } from "./s3-client.ts";
import { s3Error, s3Failure, systemLikeError } from "./s3-error.ts";
import { type S3Path, s3Path } from "./s3-path.ts";
import { type PutOutcome, putOnce } from "./s3-put-once.ts";
import { retried } from "./s3-retry.ts";
import { uploadFile } from "./s3-upload.ts";
import { fetchFile } from "./s3-fetch.ts";
import type { Store, StoreEntry } from "./store.ts";
import { UnknownOutcome } from "./store.ts";

/** Files under way at once, up or down; each upload holds 16 MiB at most. */
const TRANSFER_COUNT_MAX = 4;

/**
 * Objects in S3, or in a store that speaks its language and honours `If-None-Match`. Paths are `s3://bucket/key`.
 *
 * What S3 refuses for the moment is asked again; a write of which nobody knows whether it happened is looked for.
 * Data files are read through a cache on the local disk (`lease`), everything else straight.
 *
 * @throws (all calls) errors with the system codes that `Store` promises; lake_unwritable where the bucket, the
 *   credentials or the region are wrong; package_missing
 */
export function s3Store(options: {
  readonly requests: S3Requests;
  readonly cache: FileCache;
  readonly clock: Clock;
}): Store {
  const { requests, cache, clock } = options;
  const gate = createGate(TRANSFER_COUNT_MAX);
  const ask: Ask = async (action, path, send) => {
    const at = pathOf(path);
    return guarded(action, at, () => retried(clock, () => send(at)));
  };
  return {
    read: (path) =>
      ask("s3:GetObject", path, async (at) => new Uint8Array(await buffer((await requests.get(at)).body))),
    writeNew: async (path, bytes) => {
      const outcome = await put({ requests, clock }, path, bytes);
      if (outcome.kind === "taken") throw systemLikeError("EEXIST", path);
      if (outcome.kind !== "put") throw s3Error(outcome.error, { action: PUT, path: pathOf(path) });
    },
    putIfAbsent: async (path, bytes) => {
      const outcome = await put({ requests, clock }, path, bytes);
      if (outcome.kind === "unknown") throw new UnknownOutcome(path, outcome.error);
      if (outcome.kind === "failed") throw s3Error(outcome.error, { action: PUT, path: pathOf(path) });
      return outcome.kind === "put";
    },
    replace: (path, bytes) => ask(PUT, path, (at) => requests.put(at, bytes)),
    adopt: async (moves) => {
      await mapBounded(moves, TRANSFER_COUNT_MAX, async ({ from, to }) => {
        const at = pathOf(to);
        await gate(() => guarded(PUT, at, () => uploadFile({ requests, clock }, from, at)));
        // What was just written is read again by the next look at the recent rows.
        await cache.keep(to, from);
        await rm(from, { force: true });
      });
    },
    exists: (path) => exists(path, ask, requests),
    listFolders: async (path) => {
      const folder = pathOf(path);
      const names: string[] = [];
      for await (const { prefixes } of pages(ask, { requests, path, isDeep: false })) {
        for (const prefix of prefixes) names.push(prefix.slice(prefixLength(folder), -1));
      }
      return names.sort();
    },
    list: async (path, { deep = false } = {}) => {
      const { bucket } = pathOf(path);
      const found: StoreEntry[] = [];
      for await (const { objects } of pages(ask, { requests, path, isDeep: deep })) {
        for (const { key, ...entry } of objects) {
          // Some tools make an empty object to show a folder.
          if (!key.endsWith("/")) found.push({ path: `s3://${bucket}/${key}`, ...entry });
        }
      }
      return found;
    },
    isSamePlace: async (a, b) => {
      const [x, y] = [s3Path(a), s3Path(b)];
      return x !== undefined && y !== undefined && x.bucket === y.bucket && x.key === y.key;
    },
    remove: (path) => ask("s3:DeleteObject", path, (at) => requests.remove(at)),
    lease: (paths) =>
      cache.lease(paths, (path, target) =>
        gate(() => ask("s3:GetObject", path, (at) => fetchFile(requests, at, target))),
      ),
  };
}

const PUT = "s3:PutObject";

type Ask = <T>(action: string, path: string, send: (at: S3Path) => Promise<T>) => Promise<T>;

async function guarded<T>(action: string, path: S3Path, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw s3Error(error, { action, path });
  }
}

function put(
  tools: { readonly requests: S3Requests; readonly clock: Clock },
  path: string,
  bytes: Uint8Array,
): Promise<PutOutcome> {
  return putOnce(tools, pathOf(path), bytes);
}

async function exists(path: string, ask: Ask, requests: S3Requests): Promise<boolean> {
  return ask("s3:GetObject", path, async (at) => {
    try {
      await requests.head(at);
      return true;
    } catch (error) {
      if (s3Failure(error).status === 404) return false;
      throw error;
    }
  });
}

async function* pages(
  ask: Ask,
  {
    requests,
    path,
    isDeep,
  }: { readonly requests: S3Requests; readonly path: string; readonly isDeep: boolean },
): AsyncGenerator<Awaited<ReturnType<S3Requests["list"]>>> {
  let from: string | undefined;
  do {
    const page = await ask("s3:ListBucket", path, (folder) => requests.list(folder, { isDeep, from }));
    yield page;
    from = page.next;
  } while (from !== undefined);
}

function prefixLength({ key }: S3Path): number {
  return key === "" ? 0 : key.length + 1;
}

function pathOf(path: string): S3Path {
  const found = s3Path(path);
  if (found !== undefined) return found;
  throw systemLikeError("EINVAL", `${path} is not in S3`);
}

import { join } from "node:path";
import type { Clock } from "../../../src/core/clock.ts";
import { fileCache } from "../../../src/lake/store/file-cache.ts";
import { s3Requests } from "../../../src/lake/store/s3-client.ts";
import { s3Store } from "../../../src/lake/store/s3.ts";
import type { Store } from "../../../src/lake/store/store.ts";
import { type S3Server, type S3ServerOptions, startS3Server } from "../../support/s3-server.ts";
import { instantClock } from "./memory-table.ts";
import { tempDir } from "./temp-dir.ts";

/** A store over a server of its own. */
export interface TestS3 extends AsyncDisposable {
  readonly store: Store;
  readonly server: S3Server;
  /** A folder of this machine; the cache is in it. */
  readonly folder: string;
}

/** Starts a server and opens its store, with time that passes only by sleeping. */
export async function testS3(
  options: S3ServerOptions & {
    readonly clock?: Clock;
    readonly cacheBytesMax?: number;
    readonly silenceMsMax?: number;
  } = {},
): Promise<TestS3> {
  const dir = await tempDir();
  const server = await startS3Server(options);
  const { clock = instantClock(), cacheBytesMax, silenceMsMax } = options;
  const folder = join(dir.path, "cache");
  const cache = fileCache({
    folder,
    name: "",
    clock,
    ...(cacheBytesMax !== undefined && { sizeBytesMax: cacheBytesMax }),
  });
  const requests = s3Requests({ ...server.client, ...(silenceMsMax !== undefined && { silenceMsMax }) });
  return {
    store: s3Store({ requests, cache, clock }),
    server,
    folder: dir.path,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}

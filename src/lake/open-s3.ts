import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../core/clock.ts";
import type { RemoteOptions } from "./open-store.ts";
import { fileCache } from "./store/file-cache.ts";
import { s3Requests } from "./store/s3-client.ts";
import { s3Store } from "./store/s3.ts";
import type { Store } from "./store/store.ts";

/** Where this machine keeps what belongs to a warehouse elsewhere, unless told otherwise. */
export function localFolderOf({ localFolder }: RemoteOptions): string {
  return localFolder ?? join(tmpdir(), "duolake");
}

/**
 * Opens S3, or another store that speaks its language; nothing is sent or loaded yet.
 *
 * @param options `env` is asked for the address of another S3
 */
export function openS3(
  options: RemoteOptions & {
    readonly clock: Clock;
    readonly env?: Readonly<Record<string, string | undefined>>;
  },
): Store {
  const { clock, env = process.env } = options;
  const endpoint = options.s3?.endpoint ?? (env["AWS_ENDPOINT_URL_S3"] || env["AWS_ENDPOINT_URL"]);
  const cache = fileCache({
    folder: join(localFolderOf(options), "cache"),
    name: endpoint ?? "",
    clock,
    ...(options.cacheBytesMax !== undefined && { sizeBytesMax: options.cacheBytesMax }),
  });
  const requests = s3Requests({ ...options.s3, ...(endpoint && { endpoint }) });
  return s3Store({ requests, cache, clock });
}

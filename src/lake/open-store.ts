import { join, resolve } from "node:path";
import type { Clock } from "../core/clock.ts";
import { DuolakeError } from "../core/errors.ts";
import { localFolderOf, openS3 } from "./open-s3.ts";
import { localStore } from "./store/local.ts";
import type { S3Options } from "./store/s3-client.ts";
import { s3Path } from "./store/s3-path.ts";
import type { Store } from "./store/store.ts";

/** A warehouse that is not on this machine, and what this machine keeps for it. */
export interface RemoteOptions {
  /** For temporary files and copies of data files; default a folder below the system's temporary one. */
  readonly localFolder?: string;
  /** How much of the data files is kept on this machine, bytes; default 1 GB. */
  readonly cacheBytesMax?: number;
  /** How S3 is reached; by default as the AWS SDK finds it, with `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL` for another store. */
  readonly s3?: S3Options;
}

/** Where a lake keeps its files. */
export interface OpenedStore {
  readonly store: Store;
  /** As the store's paths begin, without a slash at the end. */
  readonly warehouse: string;
  /** A folder of this machine for temporary files. */
  readonly spoolRoot: string;
  readonly isRemote: boolean;
}

/**
 * Opens the store of a warehouse; nothing is read, sent or loaded yet.
 *
 * @param options `warehouse` is a folder or `s3://bucket/prefix`; `env` is asked for the address of another S3
 * @throws config_invalid for a warehouse that is neither
 */
export function openStore(
  options: RemoteOptions & {
    readonly warehouse: string;
    readonly database: string;
    readonly clock: Clock;
    readonly env?: Readonly<Record<string, string | undefined>>;
  },
): OpenedStore {
  const { database } = options;
  const s3 = s3Path(options.warehouse);
  if (s3 === undefined) {
    if (/^[a-z][a-z0-9+.-]+:\/\//i.test(options.warehouse)) {
      throw new DuolakeError(
        "config_invalid",
        `Cannot open the lake: the warehouse must be a folder or s3://bucket/prefix, got ${options.warehouse}`,
      );
    }
    const warehouse = resolve(options.warehouse);
    return {
      store: localStore(),
      warehouse,
      spoolRoot: join(warehouse, database, ".spool"),
      isRemote: false,
    };
  }
  const key = s3.key === "" ? "" : `/${s3.key}`;
  return {
    store: openS3(options),
    warehouse: `s3://${s3.bucket}${key}`,
    spoolRoot: join(localFolderOf(options), "spool"),
    isRemote: true,
  };
}

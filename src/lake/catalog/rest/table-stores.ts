import { isFileUrl, fileUrls } from "../../store/file-urls.ts";
import type { S3Keys, S3Options } from "../../store/s3-client.ts";
import { s3Path } from "../../store/s3-path.ts";
import type { Store } from "../../store/store.ts";
import type { Loaded } from "../catalog.ts";
import type { AccessHints } from "./read-answer.ts";
import { type S3Access, s3Access } from "./s3-access.ts";

/** Opens S3 with what a catalog says of it. */
export type OpenS3 = (options: Pick<S3Options, "endpoint" | "region" | "credentials">) => Store;

/** The stores of tables whose files are where their catalog says. */
export interface TableStores {
  /** Takes what an answer about a table said of how its files are reached. */
  readonly note: (table: Loaded, hints: AccessHints) => void;
  /** Undefined for a location that the lake's own store has. */
  readonly of: (table: Loaded) => Store | undefined;
}

/** Keys are asked for anew when they last no longer than this, as the AWS SDK does. */
const MARGIN_MS = 300_000;

/**
 * Keeps the stores. Each table has one of its own, since its keys open nothing but its folder; it lives as long as the place that the
 * catalog names, and its keys are replaced as they run out.
 *
 * @param options `reload` loads a table anew, so that `note` is called with new keys; `openS3` opens a store
 */
export function tableStores(options: {
  readonly nowMs: () => number;
  readonly reload: (name: string) => Promise<unknown>;
  readonly openS3: OpenS3;
}): TableStores {
  const local = fileUrls();
  const known = new Map<string, S3Access>();
  const opened = new Map<string, { readonly place: string; readonly store: Store }>();
  const keysOf = async (name: string): Promise<S3Keys> => {
    const isFresh = (keys: S3Keys | undefined): keys is S3Keys =>
      keys !== undefined && (keys.expiration?.getTime() ?? 0) - options.nowMs() > MARGIN_MS;
    const keys = known.get(name)?.keys;
    if (isFresh(keys)) return keys;
    await options.reload(name);
    const renewed = known.get(name)?.keys;
    if (renewed !== undefined) return renewed;
    throw Object.assign(new Error(`the catalog gives no keys for table ${name} any more`), {
      code: "EACCES",
    });
  };
  return {
    note: ({ name, metadata }, hints) => {
      known.set(name, s3Access(hints, { location: metadata.location, nowMs: options.nowMs() }));
    },
    of: ({ name, metadata }) => {
      if (isFileUrl(metadata.location)) return local;
      if (s3Path(metadata.location) === undefined) return undefined;
      const { endpoint, region, keys } = known.get(name) ?? {};
      const place = JSON.stringify([endpoint, region, keys !== undefined]);
      const before = opened.get(name);
      if (before?.place === place) return before.store;
      const store = options.openS3({
        ...(endpoint && { endpoint }),
        ...(region && { region }),
        ...(keys && { credentials: () => keysOf(name) }),
      });
      opened.set(name, { place, store });
      return store;
    },
  };
}

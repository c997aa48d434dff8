import type { Clock } from "../../core/clock.ts";
import { DuolakeError, systemCode } from "../../core/errors.ts";
import { parseMetadata } from "../spec/metadata.ts";
import type { TableMetadata, TableRequirement, TableUpdate } from "../spec/types.ts";
import type { Store } from "../store/store.ts";
import { UnknownOutcome } from "../store/store.ts";
import type { Catalog, Loaded } from "./catalog.ts";
import { CommitConflict, CommitUnknown } from "./catalog.ts";
import { metadataBytes } from "./metadata-bytes.ts";
import { nextMetadata } from "./next-metadata.ts";
import { pruneMetadata } from "./prune-metadata.ts";
import { isTableName, tableLocation } from "./table-location.ts";
import {
  metadataFile,
  newestVersion,
  refuseCompressedNext,
  versionAfter,
  versionOf,
  writeHint,
} from "./versions.ts";

/**
 * Tables as folders: `<warehouse>/<database>/<table>/metadata/vN.metadata.json`, the highest N counts.
 *
 * The commit point is the appearance of vN+1, which the store grants to one caller only; there is no other lock
 * and no other state (docs/spec/commit.md, C1-C4). Spark's `hadoop` catalog, DuckDB's `iceberg_scan` and
 * PyIceberg's `StaticTable` read this layout as it is.
 */
export function folderCatalog(options: {
  readonly store: Store;
  readonly warehouse: string;
  readonly database: string;
  readonly clock: Clock;
}): Catalog {
  const { store, clock } = options;
  const root = `${options.warehouse.replace(/\/+$/, "")}/${options.database}`;
  const locationOf = (name: string): string => tableLocation(root, name);
  return {
    locationOf,
    list: async () => {
      const names = (await store.listFolders(root)).filter(isTableName);
      const there = await Promise.all(names.map((name) => newestVersion(store, locationOf(name))));
      return names.filter((_name, index) => there[index] !== undefined);
    },
    load: async (name) =>
      checkPlace(store, locationOf(name), await load(store, { name, location: locationOf(name) })),
    refresh: async (base) => {
      const { name } = base;
      const version = versionOf(base.metadataLocation);
      const next = metadataFile(locationOf(name), version + 1);
      if ((await store.exists(base.metadataLocation)) && !(await store.exists(next))) {
        await refuseCompressedNext(store, { location: locationOf(name), version });
        return base;
      }
      const loaded = await load(store, { name, location: locationOf(name) });
      if (loaded === undefined) throw gone(name, base.metadataLocation);
      return loaded.metadataLocation === base.metadataLocation ? base : loaded;
    },
    create: async (name, metadata) => {
      const location = locationOf(name);
      if ((await newestVersion(store, location)) !== undefined) {
        throw new CommitConflict(`table ${name} exists`);
      }
      return put(store, { name, location, version: 1, metadata });
    },
    commit: (base, requirements, updates) =>
      commit({ store, clock, location: locationOf(base.name) }, { base, requirements, updates }),
  };
}

/**
 * Refuses a table whose folder was moved or copied: its metadata names files by absolute path, so rows added to the copy
 * would go to the original's folder and be lost to the next one who cleans it up.
 */
async function checkPlace(
  store: Store,
  location: string,
  loaded: Loaded | undefined,
): Promise<Loaded | undefined> {
  const written = loaded?.metadata.location;
  if (written === undefined || written === location || written === `file://${location}`) return loaded;
  if (await store.isSamePlace(written.replace(/^file:\/\//, ""), location)) return loaded;
  throw new DuolakeError(
    "lake_metadata_invalid",
    `Cannot use table ${loaded?.name}: its folder was moved or copied, and its metadata names the files by their old paths; ` +
      `put it back where it was, or pull into a new warehouse, got ${location} for a table of ${written}`,
  );
}

interface Place {
  readonly store: Store;
  readonly clock: Clock;
  readonly location: string;
}

async function commit(
  { store, clock, location }: Place,
  change: {
    readonly base: Loaded;
    readonly requirements: readonly TableRequirement[];
    readonly updates: readonly TableUpdate[];
  },
): Promise<Loaded> {
  const { base, requirements, updates } = change;
  const metadata = nextMetadata(base, { requirements, updates, nowMs: clock.nowMs() });
  const version = versionOf(base.metadataLocation) + 1;
  const committed = await put(store, { name: base.name, location, version, metadata });
  try {
    await refuseReusedVersion(store, { location, base, committed });
  } catch (error) {
    throw error instanceof CommitConflict ? error : new CommitUnknown(error);
  }
  await writeHint(store, { location, version });
  await pruneMetadata(store, base.metadata, metadata);
  return committed;
}

async function put(
  store: Store,
  table: {
    readonly name: string;
    readonly location: string;
    readonly version: number;
    readonly metadata: TableMetadata;
  },
): Promise<Loaded> {
  const path = metadataFile(table.location, table.version);
  try {
    if (!(await store.putIfAbsent(path, metadataBytes(table.metadata))))
      throw new CommitConflict(`${path} exists`);
  } catch (error) {
    throw error instanceof UnknownOutcome ? new CommitUnknown(error) : error;
  }
  if (table.version === 1) await writeHint(store, table);
  return { name: table.name, metadata: table.metadata, metadataLocation: path };
}

/**
 * A base so old that its successors were pruned leaves the name vN+1 free again: the put succeeds, and no reader
 * would ever look there. A pruned base gives that away, so then the newest version must know of ours.
 */
async function refuseReusedVersion(
  store: Store,
  commitment: { readonly location: string; readonly base: Loaded; readonly committed: Loaded },
): Promise<void> {
  const { location, base, committed } = commitment;
  const version = versionOf(committed.metadataLocation);
  const newest = await newestVersion(store, location);
  if ((newest ?? version) <= version && (await store.exists(base.metadataLocation))) return;
  const loaded = await load(store, { name: committed.name, location });
  const log = loaded?.metadata["metadata-log"] ?? [];
  const known =
    loaded?.metadataLocation === committed.metadataLocation ||
    log.some((entry) => entry["metadata-file"] === committed.metadataLocation);
  if (known) return;
  await store.remove(committed.metadataLocation);
  throw new CommitConflict(`${base.metadataLocation} is an old version`);
}

async function load(
  store: Store,
  { name, location }: { readonly name: string; readonly location: string },
): Promise<Loaded | undefined> {
  let version = await newestVersion(store, location);
  while (version !== undefined) {
    const metadataLocation = metadataFile(location, version);
    try {
      const text = new TextDecoder().decode(await store.read(metadataLocation));
      return { name, metadata: parseMetadata(text, metadataLocation), metadataLocation };
    } catch (error) {
      if (systemCode(error) !== "ENOENT") throw error;
      // It was pruned between the look and the read, so newer ones are there.
      version = await versionAfter(store, { location, version });
    }
  }
  return undefined;
}

function gone(name: string, file: string): DuolakeError {
  return new DuolakeError(
    "lake_metadata_invalid",
    `Cannot reload table ${name}: its metadata is gone, got nothing at ${file} or after it; restore the folder from a backup`,
  );
}

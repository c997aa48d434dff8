import type { Clock } from "../../core/clock.ts";
import { DuolakeError, systemCode } from "../../core/errors.ts";
import { stringifyJson } from "../../core/json.ts";
import { parseMetadata } from "../spec/metadata.ts";
import { failedRequirement } from "../spec/requirements.ts";
import type { TableMetadata, TableRequirement, TableUpdate } from "../spec/types.ts";
import { applyUpdates } from "../spec/updates.ts";
import type { Store } from "../store/store.ts";
import { UnknownOutcome } from "../store/store.ts";
import type { Catalog, Loaded } from "./catalog.ts";
import { CommitConflict, CommitUnknown } from "./catalog.ts";
import { metadataFile, newestVersion, versionAfter, versionOf, writeHint } from "./versions.ts";

const NAME = /^[a-z0-9_]+$/;

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
  const locationOf = (name: string): string => {
    if (!NAME.test(name)) {
      throw new DuolakeError(
        "config_invalid",
        `Cannot use table name ${JSON.stringify(name)}: only a-z, 0-9 and _ are allowed`,
      );
    }
    return `${root}/${name}`;
  };
  return {
    locationOf,
    list: async () => {
      const names = (await store.listFolders(root)).filter((name) => NAME.test(name));
      const there = await Promise.all(names.map((name) => newestVersion(store, locationOf(name))));
      return names.filter((_name, index) => there[index] !== undefined);
    },
    load: async (name) =>
      checkPlace(store, locationOf(name), await load(store, { name, location: locationOf(name) })),
    refresh: async (base) => {
      const { name } = base;
      const version = versionOf(base.metadataLocation);
      const next = metadataFile(locationOf(name), version + 1);
      if ((await store.exists(base.metadataLocation)) && !(await store.exists(next))) return base;
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
  const failed = failedRequirement(base.metadata, requirements);
  if (failed !== undefined) throw new CommitConflict(`${failed.type} is not met`);
  const metadata = applyUpdates(base.metadata, updates, {
    metadataLocation: base.metadataLocation,
    nowMs: clock.nowMs(),
  });
  const version = versionOf(base.metadataLocation) + 1;
  const committed = await put(store, { name: base.name, location, version, metadata });
  try {
    await refuseReusedVersion(store, { location, base, committed });
  } catch (error) {
    throw error instanceof CommitConflict ? error : new CommitUnknown(error);
  }
  await writeHint(store, { location, version });
  await prune(store, base.metadata, metadata);
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
  const bytes = new TextEncoder().encode(metadataText(table.metadata));
  try {
    if (!(await store.putIfAbsent(path, bytes))) throw new CommitConflict(`${path} exists`);
  } catch (error) {
    throw error instanceof UnknownOutcome ? new CommitUnknown(error) : error;
  }
  if (table.version === 1) await writeHint(store, table);
  return { name: table.name, metadata: table.metadata, metadataLocation: path };
}

/** Nearly always there is no bigint in it, and looking at every value for one takes longer than all the rest. */
function metadataText(metadata: TableMetadata): string {
  try {
    return JSON.stringify(metadata);
  } catch (error) {
    if (error instanceof TypeError) return stringifyJson(metadata);
    throw error;
  }
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

/**
 * Removes the metadata files that fell out of the log (`write.metadata.delete-after-commit.enabled`). Best effort:
 * a file that stays is an orphan and harms nothing, a failure here must not make a done commit look failed.
 */
async function prune(store: Store, before: TableMetadata, after: TableMetadata): Promise<void> {
  if (after.properties["write.metadata.delete-after-commit.enabled"] !== "true") return;
  const kept = new Set(after["metadata-log"].map((entry) => entry["metadata-file"]));
  const dropped = before["metadata-log"].filter((entry) => !kept.has(entry["metadata-file"]));
  for (const entry of dropped) await store.remove(entry["metadata-file"]).catch(() => {});
}

function gone(name: string, file: string): DuolakeError {
  return new DuolakeError(
    "lake_metadata_invalid",
    `Cannot reload table ${name}: its metadata is gone, got nothing at ${file} or after it; restore the folder from a backup`,
  );
}

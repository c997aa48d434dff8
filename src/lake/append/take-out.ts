import { DuolakeError } from "../../core/errors.ts";
import type { Loaded } from "../catalog/catalog.ts";
import { readTableFile } from "../read-manifests.ts";
import { isDaySpec } from "../spec/manifest-schema.ts";
import type { DataFileEntry, ManifestEntry } from "../spec/manifest.ts";
import { ALL_METRICS, DELETED, EXISTING, readManifest } from "../spec/manifest.ts";
import type { ManifestFile } from "../spec/manifest-list.ts";
import { hasLiveFiles } from "../spec/manifest-list.ts";
import type { Int64, PartitionSpec } from "../spec/types.ts";
import type { Store } from "../store/store.ts";
import { storeManifest } from "./store-manifest.ts";

/** Manifests read side by side; each may wait for a remote store. */
const READ_COUNT = 8;

/** A table's manifests without some of its files. */
export interface TakenOut {
  /** All of them; those that held such a file were written anew, under the snapshot that takes it out. */
  readonly manifests: readonly ManifestFile[];
  readonly removed: readonly DataFileEntry[];
}

/**
 * Takes data files out of a table's manifests: each manifest that held one is written anew, with the file as DELETED
 * and the others as EXISTING (spec, "Manifest Entry Fields"). All keep both sequence numbers, and the others their
 * snapshot id. Manifests of which nothing is left share one that tells their deletions: where a day is compacted there are
 * hundreds. Nothing is written before every file is known to be live.
 *
 * @param options `manifests` are those of the base's current snapshot; `paths` name the files as `DataFile.path` does;
 *   `snapshotId` and `sequenceNumber` belong to the snapshot that takes them out
 * @throws files_moved where a file is not live any more; lake_format_unsupported where another engine's row-level
 *   deletes may belong to such a file, because without them deleted rows would come back
 */
export async function takeOut(
  store: Store,
  options: {
    readonly base: Loaded;
    readonly manifests: readonly ManifestFile[];
    readonly paths: ReadonlySet<string>;
    readonly snapshotId: Int64;
    readonly sequenceNumber: number;
  },
): Promise<TakenOut> {
  const { base, manifests, paths, snapshotId, sequenceNumber } = options;
  if (paths.size === 0) return { manifests, removed: [] };
  const holding = await manifestsWith(store, { base, manifests, paths });
  const { metadata } = base;
  const rewritten = new Map<ManifestFile, ManifestFile | undefined>();
  const removed: DataFileEntry[] = [];
  const emptied = new Map<PartitionSpec, ManifestEntry[]>();
  for (const { file, spec, live } of holding) {
    const isEmptied = live.every(({ data_file }) => paths.has(data_file.file_path));
    // What stays keeps its statistics; what goes needs none, and a day of 288 files would be a large manifest.
    const read = isEmptied ? live : await liveEntries(store, file);
    const entries = read.map((entry): ManifestEntry => {
      if (!paths.has(entry.data_file.file_path)) return { ...entry, status: EXISTING };
      removed.push(entry.data_file);
      return { ...entry, status: DELETED, snapshot_id: snapshotId };
    });
    if (isEmptied) emptied.set(spec, [...(emptied.get(spec) ?? []), ...entries]);
    rewritten.set(
      file,
      isEmptied
        ? undefined
        : await storeManifest(store, { metadata, spec, entries, snapshotId, sequenceNumber }),
    );
  }
  const deletions: ManifestFile[] = [];
  for (const [spec, entries] of emptied) {
    deletions.push(await storeManifest(store, { metadata, spec, entries, snapshotId, sequenceNumber }));
  }
  const left = manifests.flatMap((file) => (rewritten.has(file) ? (rewritten.get(file) ?? []) : file));
  return { manifests: [...left, ...deletions], removed };
}

interface Holding {
  readonly file: ManifestFile;
  readonly spec: PartitionSpec;
  /** Without statistics. */
  readonly live: readonly ManifestEntry[];
}

async function liveEntries(
  store: Store,
  file: ManifestFile,
  omitted?: ReadonlySet<string>,
): Promise<readonly ManifestEntry[]> {
  const path = file.manifest_path;
  const decode = (bytes: Uint8Array): ManifestEntry[] => readManifest(bytes, file, omitted);
  const entries = await readTableFile(store, { path, decode });
  return entries.filter(({ status }) => status !== DELETED);
}

/** The manifests that hold the files, with their live entries; they are read until every file was found. */
async function manifestsWith(
  store: Store,
  options: {
    readonly base: Loaded;
    readonly manifests: readonly ManifestFile[];
    readonly paths: ReadonlySet<string>;
  },
): Promise<readonly Holding[]> {
  const { base, paths } = options;
  const manifests = options.manifests.filter(hasLiveFiles);
  if (manifests.some(({ content }) => content !== 0)) {
    throw refusal(base, "another engine wrote row-level deletes; rewrite the table there");
  }
  const missing = new Set(paths);
  const holding: Holding[] = [];
  for (let from = 0; from < manifests.length && missing.size > 0; from += READ_COUNT) {
    const some = manifests.slice(from, from + READ_COUNT);
    const read = await Promise.all(some.map((file) => liveEntries(store, file, ALL_METRICS)));
    for (const [index, file] of some.entries()) {
      const live = read[index] ?? [];
      const found = live.filter(({ data_file }) => missing.delete(data_file.file_path));
      if (found.length > 0) holding.push({ file, spec: specOf(base, file), live });
    }
  }
  const [first] = missing;
  if (first === undefined) return holding;
  throw new DuolakeError(
    "files_moved",
    `Cannot replace files of table ${base.name}: another writer replaced ${missing.size} of ${paths.size} first, got ${first}`,
    { retryable: true },
  );
}

function specOf(base: Loaded, file: ManifestFile): PartitionSpec {
  const specs = base.metadata["partition-specs"];
  const spec = specs.find((item) => item["spec-id"] === file.partition_spec_id);
  if (spec !== undefined && isDaySpec(spec)) return spec;
  throw refusal(base, "another engine wrote some of them under a partition spec that is not by day");
}

function refusal({ name }: Loaded, reason: string): DuolakeError {
  return new DuolakeError("lake_format_unsupported", `Cannot replace files of table ${name}: ${reason}`);
}

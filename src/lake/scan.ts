import { DuolakeError } from "../core/errors.ts";
import type { DataFile, DeletesRead, TsRange } from "./lake.ts";
import { currentManifests, readTableFile } from "./read-manifests.ts";
import { dayOf } from "./spec/instant.ts";
import { type DataFileEntry, DELETED, readManifest } from "./spec/manifest.ts";
import type { ManifestFile } from "./spec/manifest-list.ts";
import { hasLiveFiles } from "./spec/manifest-list.ts";
import { currentSchema } from "./spec/metadata.ts";
import type { PartitionSpec, TableMetadata } from "./spec/types.ts";
import { readInt } from "./spec/values.ts";
import { dataFileOf } from "./staged-file.ts";
import type { Store } from "./store/store.ts";

const DATA_FILE_COUNT_MAX = 100_000;
/** What no plan asks for. */
const UNPLANNED: ReadonlySet<string> = new Set(["column_sizes", "null_value_counts", "nan_value_counts"]);

/** A data file, or a file of row-level deletes, with what decides which deletes are meant for which data. */
export interface PlannedFile extends DataFile {
  /** 0 data, 1 position deletes, 2 equality deletes. */
  readonly content: number;
  /** `PARQUET`, or what another engine wrote. */
  readonly format: string;
  /** The day of UTC that all of its rows are of, in days since 1970, where it lies in a partition by `day(ts)`. */
  readonly day?: number | undefined;
  readonly sequenceNumber: number;
}

/** The files of manifests read before. Manifests never change, so a path is a key for good. */
export interface PlanCache {
  readonly get: (path: string) => readonly PlannedFile[] | undefined;
  readonly set: (path: string, files: readonly PlannedFile[]) => void;
}

/** Keeps the manifests used last, up to a number of data files in all. */
export function planCache(fileCountMax: number = DATA_FILE_COUNT_MAX): PlanCache {
  const kept = new Map<string, readonly PlannedFile[]>();
  let fileCount = 0;
  return {
    get: (path) => {
      const files = kept.get(path);
      if (files !== undefined) {
        kept.delete(path);
        kept.set(path, files);
      }
      return files;
    },
    set: (path, files) => {
      if (kept.has(path)) return;
      kept.set(path, files);
      fileCount += files.length;
      for (const [oldest, dropped] of kept) {
        if (fileCount <= fileCountMax) return;
        kept.delete(oldest);
        fileCount -= dropped.length;
      }
    },
  };
}

/**
 * The live data files of the current snapshot that may hold a row whose `ts` lies in the range
 * (spec, "Scan Planning"): whole manifests are passed over by their partition summary, files by day and bounds.
 *
 * @throws lake_format_unsupported where another engine wrote row-level deletes, unless their rows are wanted: ignoring them
 *   would show deleted rows
 */
export async function planFiles(
  tools: { readonly store: Store; readonly cache: PlanCache },
  options: TsRange & DeletesRead & { readonly metadata: TableMetadata; readonly name: string },
): Promise<readonly DataFile[]> {
  const { metadata, name, withDeletedRows = false } = options;
  const live = (await currentManifests(tools.store, metadata)).filter(hasLiveFiles);
  const manifests = live.filter(({ content }) => content === 0);
  if (manifests.length < live.length && !withDeletedRows) {
    throw unsupported(name, "another engine wrote row-level deletes");
  }
  return filesIn(tools, { metadata, manifests, range: options });
}

/** The error of a table that only its own engine can bring back into a form that is read here. */
export function unsupported(name: string, reason: string): DuolakeError {
  return new DuolakeError(
    "lake_format_unsupported",
    `Cannot read table ${name}: ${reason}; rewrite the table there (for example OPTIMIZE or rewrite_data_files)`,
  );
}

/** The live files of manifests that may hold a row of the range, or a delete of one. */
export async function filesIn(
  tools: { readonly store: Store; readonly cache: PlanCache },
  options: {
    readonly metadata: TableMetadata;
    readonly manifests: readonly ManifestFile[];
    readonly range: TsRange;
  },
): Promise<readonly PlannedFile[]> {
  const { metadata, manifests, range } = options;
  const planned: PlannedFile[] = [];
  for (const manifest of manifests) {
    const day = dayFieldOf(metadata, manifest);
    if (!mayHoldDays(manifest, { day, range })) continue;
    for (const file of await filesOf(tools, { metadata, manifest, day })) {
      if (mayHold(file, range)) planned.push(file);
    }
  }
  return planned;
}

interface DayField {
  readonly index: number;
  readonly name: string;
}

/** Which field of the manifest's partition spec is the day of `ts`, if any. */
function dayFieldOf(metadata: TableMetadata, manifest: ManifestFile): DayField | undefined {
  const tsId = tsIdOf(metadata);
  const spec = metadata["partition-specs"].find(
    (item: PartitionSpec) => item["spec-id"] === manifest.partition_spec_id,
  );
  const index = (spec?.fields ?? []).findIndex(
    (field) => field.transform === "day" && field["source-id"] === tsId,
  );
  const name = spec?.fields[index]?.name;
  return name === undefined ? undefined : { index, name };
}

/** False where none of the manifest's files has a day of the range. */
function mayHoldDays(
  manifest: ManifestFile,
  { day, range }: { readonly day: DayField | undefined; readonly range: TsRange },
): boolean {
  const summary = day === undefined ? undefined : manifest.partitions?.[day.index];
  if (summary === undefined || summary.contains_null) return true;
  const first = summary.lower_bound ? readInt(summary.lower_bound) : undefined;
  const last = summary.upper_bound ? readInt(summary.upper_bound) : undefined;
  const { fromUs, toUs } = range;
  const isBefore = fromUs !== undefined && last !== undefined && last < dayOf(fromUs);
  const isAfter = toUs !== undefined && first !== undefined && first > dayOf(toUs);
  return !isBefore && !isAfter;
}

/** False where the bounds of a file say that no row of it lies in the range. */
function mayHold({ tsMinUs, tsMaxUs }: DataFile, { fromUs, toUs }: TsRange): boolean {
  const isBefore = fromUs !== undefined && tsMaxUs !== undefined && tsMaxUs < fromUs;
  const isAfter = toUs !== undefined && tsMinUs !== undefined && tsMinUs > toUs;
  return !isBefore && !isAfter;
}

async function filesOf(
  { store, cache }: { readonly store: Store; readonly cache: PlanCache },
  options: {
    readonly metadata: TableMetadata;
    readonly manifest: ManifestFile;
    readonly day: DayField | undefined;
  },
): Promise<readonly PlannedFile[]> {
  const { manifest, metadata, day } = options;
  const path = manifest.manifest_path;
  const known = cache.get(path);
  if (known !== undefined) return known;
  const tsId = tsIdOf(metadata);
  const entries = await readTableFile(store, {
    path,
    decode: (bytes) => readManifest(bytes, manifest, UNPLANNED, new Set([tsId])),
  });
  const files = entries
    .filter((entry) => entry.status !== DELETED)
    .map((entry) => ({
      ...dataFileOf(entry.data_file, { tsId, ...(day === undefined ? {} : { dayName: day.name }) }),
      content: entry.data_file.content,
      day: dayIn(entry.data_file.partition, day),
      format: entry.data_file.file_format,
      sequenceNumber: entry.sequence_number ?? 0,
    }));
  cache.set(path, files);
  return files;
}

function dayIn(partition: DataFileEntry["partition"], day: DayField | undefined): number | undefined {
  const value = day === undefined ? undefined : partition[day.name];
  return typeof value === "number" ? value : undefined;
}

/** The field id of `ts`; -1, which no field has, where another engine dropped it. */
export function tsIdOf(metadata: TableMetadata): number {
  return currentSchema(metadata).fields.find((field) => field.name === "ts")?.id ?? -1;
}

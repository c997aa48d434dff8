import { createHash } from "node:crypto";
import type { DataFile, StagedFile } from "./lake.ts";
import { dayStartUs } from "./spec/instant.ts";
import type { DataFileEntry } from "./spec/manifest.ts";
import { readLong } from "./spec/values.ts";

/** A staged file with its manifest entry; outside this folder it is only a `StagedFile`. */
export interface StagedDataFile extends StagedFile {
  readonly entry: DataFileEntry;
}

/** Makes a written file one that can be committed. */
export function stagedFile(entry: DataFileEntry, tsId: number): StagedDataFile {
  return { ...dataFileOf(entry, { tsId }), staged: true, entry };
}

// Files that a commit without an answer may have put into the table.
const KEPT = new WeakSet<StagedFile>();

/** Forbids to remove files: the answer to their commit was lost, so the table may hold them (docs/spec/commit.md, C7). */
export function keepFromDiscard(files: readonly StagedFile[]): void {
  for (const file of files) KEPT.add(file);
}

/** True where the file is certainly in no table. */
export function isDiscardable(file: StagedFile): boolean {
  return !KEPT.has(file);
}

/** Gives back the manifest entry of a file that this folder staged. */
export function entryOf(file: StagedFile): DataFileEntry {
  const { entry } = file as StagedDataFile;
  if (entry === undefined) throw new TypeError("Cannot commit a file that finish() did not return");
  return entry;
}

/** What planning needs of a manifest entry; where `ts` has no bounds, the partition's day gives them. */
export function dataFileOf(
  entry: DataFileEntry,
  options: { readonly tsId: number; readonly dayName?: string },
): DataFile {
  const { tsId, dayName } = options;
  const day = dayName === undefined ? undefined : (entry.partition[dayName] as number | null | undefined);
  const lower = boundUs(entry.lower_bounds?.get(tsId));
  const upper = boundUs(entry.upper_bounds?.get(tsId));
  const known = typeof day === "number" && Number.isSafeInteger(dayStartUs(day + 1)) ? day : undefined;
  return {
    path: entry.file_path,
    rowCount: entry.record_count,
    sizeBytes: entry.file_size_in_bytes,
    tsMinUs: lower ?? (known === undefined ? undefined : dayStartUs(known)),
    tsMaxUs: upper ?? (known === undefined ? undefined : dayStartUs(known + 1) - 1),
    ...(entry.value_counts ? { leafKey: leafKeyOf(entry.value_counts.keys()) } : {}),
    ...(typeof entry.sort_order_id === "number" ? { sortOrderId: entry.sort_order_id } : {}),
  };
}

/** A short text that is the same for the same field ids, in whatever order. */
export function leafKeyOf(ids: Iterable<number>): string {
  const sorted = [...ids].sort((a, b) => a - b);
  return createHash("sha256").update(sorted.join(",")).digest("base64url");
}

function boundUs(bytes: Uint8Array | undefined): number | undefined {
  const value = bytes === undefined ? undefined : readLong(bytes);
  const us = Number(value ?? Number.NaN);
  // After the year 2255 a number is not exact; without a bound the file is simply always read.
  return Number.isSafeInteger(us) ? us : undefined;
}

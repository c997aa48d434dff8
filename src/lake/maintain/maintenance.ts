/** How a table is to be maintained. */
export interface MaintainOptions {
  /** `open_days` compacts only days that are not over, and does nothing else; default `all`. */
  readonly scope?: "all" | "open_days" | undefined;
  /** Finds out what would be done and changes nothing. */
  readonly isDryRun?: boolean | undefined;
  /** Files that nothing names are removed when they are older, ms; default three days. */
  readonly orphanAgeMsMin?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A number of files and their size together. */
export interface FileSizes {
  readonly count: number;
  readonly sizeBytes: number;
}

/** Files in a table's folder that its metadata does not name. */
export interface Orphans {
  readonly count: number;
  readonly sizeBytes: number;
  /** Where they are, or were; the first thousand. */
  readonly paths: readonly string[];
}

/** What the maintenance of one table did, or would do. */
export interface TableMaintenance {
  /** The data files of the current snapshot before; what pulls add meanwhile does not count. */
  readonly filesBefore: FileSizes;
  /** And after it. In a dry run the size is that of before: how much smaller the rows become only the writing shows. */
  readonly filesAfter: FileSizes;
  readonly compactedFileCount: number;
  /** Groups of files that were left alone, because another writer replaced one of them first. */
  readonly givenUpCount: number;
  readonly expiredSnapshotCount: number;
  /** Data files, manifests and manifest lists that only expired snapshots reached. */
  readonly expiredFileCount: number;
  readonly orphans: Orphans;
  /** What is in the table's `metadata` folder afterwards. */
  readonly metadataFiles: FileSizes;
}

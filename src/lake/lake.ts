import type { Column } from "../core/columns.ts";
import type { Row } from "../core/row.ts";
import type { MaintainOptions, TableMaintenance } from "./maintain/maintenance.ts";

/** One Parquet file that a snapshot holds, as much of its manifest entry as planning and reading need. */
export interface DataFile {
  /** Exactly as it stands in the manifest. */
  readonly path: string;
  readonly rowCount: number;
  readonly sizeBytes: number;
  /** Smallest and largest `ts` in microseconds since 1970; undefined where the file has no bounds. */
  readonly tsMinUs: number | undefined;
  readonly tsMaxUs: number | undefined;
  /** The same for files that hold the same leaf columns, told by field id; left out where the manifest does not say which. */
  readonly leafKey?: string;
  /** The order that its rows are in, by the id of the table's sort orders; left out where the manifest does not say one. */
  readonly sortOrderId?: number;
}

/** A stretch of `ts` in microseconds since 1970, both ends included; an end that is left out has no bound. */
export interface TsRange {
  readonly fromUs?: number | undefined;
  readonly toUs?: number | undefined;
}

/** A written file that no snapshot holds yet. Opaque outside `lake/`; give it to `commit` or `discard`. */
export interface StagedFile extends DataFile {
  readonly staged: true;
}

/** A row that the Parquet writer refused, with its whole document. */
export interface RefusedRow {
  readonly row: Row;
  readonly reason: string;
}

/** Collects rows column by column and turns them into Parquet; full row groups go to disk while the next ones fill. */
export interface RowWriter {
  readonly rowCount: number;
  /** About as much as the rows that were added took before they were compressed. */
  readonly sizeBytes: number;
  /** Adds one row. One that does not fit the columns leaves nothing behind; `finish` gives it back. */
  readonly add: (row: Row) => void;
  /**
   * Writes the Parquet files (one for each day of `ts`) into the table's folder. The writer is used up.
   * A row that cannot be stored is left out and returned in `refused`; the others are written.
   */
  readonly finish: (signal?: AbortSignal) => Promise<{
    readonly files: readonly StagedFile[];
    readonly refused: readonly RefusedRow[];
  }>;
  /** Removes what was written so far. Never throws. */
  readonly abort: () => Promise<void>;
}

/** One atomic change of a table. */
export interface TableChange {
  /** New files. */
  readonly files?: readonly StagedFile[];
  /** Files of the table's snapshot that this one does not hold any more; earlier snapshots keep them. */
  readonly removed?: readonly DataFile[];
  /**
   * What readers of changes are told; `append` unless given. `replace`: the removed files' rows, and no other, stand in
   * the new ones; `overwrite`: the new ones hold something else, or there is none.
   */
  readonly operation?: "append" | "replace" | "overwrite";
  /** Table properties to set; the cursor is one of them (design P1). Without `compareAndSet` the last writer wins. */
  readonly setProperties: Readonly<Record<string, string>>;
  /**
   * The property that fences the commit: it must still have the value `from` (design P2). An append needs one; a
   * change that removes files is fenced by them already.
   */
  readonly compareAndSet?: {
    readonly key: string;
    readonly from: string | undefined;
    readonly to: string;
  };
  /** Further entries of the snapshot summary; the keys of `setProperties` are copied there by themselves. */
  readonly summary?: Readonly<Record<string, string>>;
}

/** What is to be done about row-level deletes of another engine, which leave the rows in their files. */
export interface DeletesRead {
  /**
   * Takes the files with the deleted rows in them. For whoever asks which events were ever stored: an event whose row was
   * deleted on purpose would be new, and come back with the next pull.
   */
  readonly withDeletedRows?: boolean | undefined;
}

/** A table at one moment: an immutable view of one metadata file. */
export interface LakeTable {
  readonly name: string;
  readonly location: string;
  readonly metadataLocation: string;
  readonly columns: readonly Column[];
  readonly properties: Readonly<Record<string, string>>;
  /** Undefined while the table has no snapshot. */
  readonly snapshotId: bigint | undefined;
  /** When the current snapshot was made, ms since 1970. */
  readonly snapshotAtMs: number | undefined;
  readonly rowCount: number;
  readonly fileCount: number;
  /**
   * The live data files, in no promised order; with a range only those that may hold a row whose `ts` lies in it.
   *
   * @throws lake_format_unsupported where another engine wrote row-level deletes, unless they are to be passed over
   */
  readonly files: (options?: TsRange & DeletesRead) => Promise<readonly DataFile[]>;
  /** The table as it is now; `this` when nothing changed. */
  readonly reload: () => Promise<LakeTable>;
  readonly writer: () => RowWriter;
  /**
   * Applies the change in one commit and returns the table after it.
   *
   * Where another commit was first: fence still at `from` -> rebase and try again; fence at `to` -> this very
   * change had landed or another process made it, done (then our copies of its files are removed); anything else ->
   * `cursor_moved`, nothing was changed (the caller discards the files).
   * Rows that others added meanwhile stay. Where a removed file is gone from the table, another writer replaced it:
   * `files_moved`, nothing was changed, and what was read of it is out of date.
   * Without new and removed files no snapshot is made, only properties are set; and not even that where they have the
   * values already.
   *
   * @throws cursor_moved, files_moved, lake_commit_conflict (retries used up), lake_full, lake_unwritable,
   *   lake_metadata_invalid, lake_format_unsupported (another engine's row-level deletes may belong to a removed file)
   */
  readonly commit: (change: TableChange, signal?: AbortSignal) => Promise<LakeTable>;
  /** Removes staged files that were not committed; those of a commit whose answer was lost stay. Never throws. */
  readonly discard: (files: readonly StagedFile[]) => Promise<void>;
}

/** A table at one of its snapshots, to be read and nothing else. */
export type ReadableTable = Omit<LakeTable, "reload" | "writer" | "commit" | "discard">;

/** A warehouse and its catalog, seen through one database. */
export interface Lake {
  readonly database: string;
  /** Names of the tables there are, sorted. */
  readonly list: () => Promise<readonly string[]>;
  /** The table, or undefined where there is none. */
  readonly load: (name: string) => Promise<LakeTable | undefined>;
  /**
   * Creates a table, partitioned by `day(ts)` and sorted by `ts`, with these columns and properties.
   * Where somebody else was first, theirs is returned untouched.
   */
  readonly create: (
    name: string,
    options: {
      readonly columns: readonly Column[];
      readonly properties: Readonly<Record<string, string>>;
    },
  ) => Promise<LakeTable>;
  /**
   * Adds the columns that the table lacks (also inside structs), in one commit; the table itself when none is missing.
   *
   * @throws lake_schema_conflict where a column has another type that is no allowed promotion
   */
  readonly evolve: (table: LakeTable, columns: readonly Column[]) => Promise<LakeTable>;
  /**
   * Keeps a table small and quick: compacts small files, takes old snapshots out of the history, removes orphans. Pulls, readers and
   * other maintainers may go on meanwhile; none of them waits.
   *
   * @returns what was done; undefined where there is no such table
   * @throws lake_*, stopped; what was done before stays done
   */
  readonly maintain: (name: string, options?: MaintainOptions) => Promise<TableMaintenance | undefined>;
  /** Writes and removes a small file in the warehouse. Throws lake_unwritable or lake_full. */
  readonly probe: () => Promise<void>;
}

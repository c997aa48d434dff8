import type { Store } from "../store/store.ts";
import type { TableMetadata, TableRequirement, TableUpdate } from "../spec/types.ts";

/** A table's metadata and where it was read. */
export interface Loaded {
  readonly name: string;
  readonly metadata: TableMetadata;
  readonly metadataLocation: string;
}

/** Who says which metadata file of a table is the current one. */
export interface Catalog {
  /** Where the files of a table belong. */
  readonly locationOf: (name: string) => string;
  /** True where a server writes and removes the metadata files: then nobody else may remove one, however old. */
  readonly keepsMetadata?: boolean;
  /** The store of a table whose files are where the catalog says; absent or undefined: that of the lake. */
  readonly storeOf?: (table: Loaded) => Store | undefined;
  /** Names of the tables there are, sorted. */
  readonly list: () => Promise<readonly string[]>;
  readonly load: (name: string) => Promise<Loaded | undefined>;
  /** The table as it is now; `base` itself when nothing changed. */
  readonly refresh: (base: Loaded) => Promise<Loaded>;
  /** Makes a table. Throws `CommitConflict` where there is one of that name. */
  readonly create: (name: string, metadata: TableMetadata) => Promise<Loaded>;
  /**
   * Applies the updates to `base` in one atomic step, or not at all.
   *
   * @throws CommitConflict where the table is no longer `base` or a requirement is not met; nothing changed
   * @throws CommitUnknown where the answer was lost: reload and look, and delete nothing
   */
  readonly commit: (
    base: Loaded,
    requirements: readonly TableRequirement[],
    updates: readonly TableUpdate[],
  ) => Promise<Loaded>;
}

/** Another commit was first. */
export class CommitConflict extends Error {
  constructor(reason: string) {
    super(`Cannot commit: ${reason}`);
    this.name = "CommitConflict";
  }
}

/** The commit may have happened or not. */
export class CommitUnknown extends Error {
  constructor(cause: unknown) {
    super("Cannot tell whether the commit happened", { cause });
    this.name = "CommitUnknown";
  }
}

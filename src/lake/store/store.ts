/** What a folder holds; `path` is whole, as the store's other functions take it. */
export interface StoreEntry {
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
}

/**
 * Where the files of tables are kept. Files never change once they are there, but for the one kind that
 * `replace` writes.
 *
 * Failures are the system's own errors, told apart by their `code`: ENOENT for what is not there, EEXIST for
 * what must not be there, ENOSPC, EACCES and so on; `lakeError` makes them errors for people.
 */
export interface Store {
  readonly read: (path: string) => Promise<Uint8Array>;
  /** Writes a new file under a name that nobody else uses; durable when it returns. EEXIST where it exists. */
  readonly writeNew: (path: string, bytes: Uint8Array) => Promise<void>;
  /**
   * Puts a file where none is: one caller of many wins, and the file is never seen half-written, also after
   * a crash at any point. Durable when it returns.
   *
   * @returns false where a file was there already; then nothing changed
   * @throws UnknownOutcome where it may have been put or not
   */
  readonly putIfAbsent: (path: string, bytes: Uint8Array) => Promise<boolean>;
  /** Writes a file or the whole of it anew, never half; not guarded against others. */
  readonly replace: (path: string, bytes: Uint8Array) => Promise<void>;
  /** Moves finished files from the local disk into the store; durable when it returns. The targets are new. */
  readonly adopt: (moves: readonly { readonly from: string; readonly to: string }[]) => Promise<void>;
  readonly exists: (path: string) => Promise<boolean>;
  /** Names of the folders right below a path, sorted; none where it is missing. */
  readonly listFolders: (path: string) => Promise<readonly string[]>;
  /** The files below a path, in no promised order; none where it is missing. */
  readonly list: (path: string, options?: { readonly deep?: boolean }) => Promise<readonly StoreEntry[]>;
  /** True where both paths lead to the same folder, through links too; false where one of them does not exist. */
  readonly isSamePlace: (a: string, b: string) => Promise<boolean>;
  /** Removes a file; one that is not there is no error. */
  readonly remove: (path: string) => Promise<void>;
  /**
   * Gives files as they can be opened on this machine, in the same order. They are there until the release, also where they are
   * removed from the store meanwhile. Absent where paths are files of this machine already.
   */
  readonly lease?: (paths: readonly string[]) => Promise<FileLease>;
}

/** Files of a store on the local disk, until they are released. */
export interface FileLease {
  readonly paths: readonly string[];
  /** Never throws. */
  readonly release: () => Promise<void>;
}

/** A write whose answer was lost: look before doing anything else, and delete nothing. */
export class UnknownOutcome extends Error {
  constructor(path: string, cause: unknown) {
    super(`Cannot tell whether ${path} was written`, { cause });
    this.name = "UnknownOutcome";
  }
}

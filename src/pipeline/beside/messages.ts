import type { WrittenFile } from "../../lake/parquet/write-parquet.ts";
import type { RefusedRow } from "../../lake/lake.ts";
import type { RowFilesOptions } from "../../lake/parquet/row-files.ts";
import type { Account } from "../account.ts";

/** What the thread that writes is told. `batch` says of which files, of which several may be open. */
export type Order =
  | ({
      readonly kind: "open";
      readonly batch: number;
      readonly table: string;
      readonly stream: string;
      readonly account: Account | undefined;
    } & RowFilesOptions)
  | {
      readonly kind: "add";
      readonly batch: number;
      /** `event.original` of each event, and its identity. */
      readonly originals: readonly string[];
      readonly hashes: readonly string[];
      /** When each was fetched, ms since 1970. */
      readonly fetchedAtMs: readonly number[];
    }
  | { readonly kind: "finish"; readonly batch: number }
  | { readonly kind: "close"; readonly batch: number };

/** What it answers: an `add` with `added`, the others with `done` or `failed`; nothing to `open`. */
export type Answer =
  | { readonly kind: "added"; readonly batch: number; readonly sizeBytes: number }
  | {
      readonly kind: "done";
      readonly batch: number;
      readonly files: readonly WrittenFile[];
      readonly refused: readonly RefusedRow[];
    }
  | {
      readonly kind: "failed";
      readonly batch: number;
      readonly message: string;
      /** The system's code: `ENOSPC`. */
      readonly code: string | undefined;
    };

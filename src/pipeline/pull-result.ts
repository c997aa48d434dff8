import type { ErrorCode } from "../core/errors.ts";
import type { Gap } from "../duo/page.ts";

/** What one pull of one table did. */
export interface TableResult {
  readonly source: string;
  /** The child account; undefined where the log source pulls its own. */
  readonly account?: string | undefined;
  /** Short name: `auth`. */
  readonly table: string;
  /** The stream that fed it. */
  readonly stream: string;
  /** Events that Duo returned, those of the look-back included. */
  readonly fetched: number;
  readonly appended: number;
  /** Known already: read again by the look-back, or repeated by Duo. */
  readonly duplicates: number;
  /** Newly dead-lettered. */
  readonly rejected: number;
  readonly gaps: readonly Gap[];
  /** ms since 1970; undefined where the table was never pulled. */
  readonly watermarkMs: number | undefined;
  /** The table's snapshot after the pull. */
  readonly snapshotId: bigint | undefined;
  /** Rows in the table after the pull; undefined where it could not be opened. */
  readonly rowCount: number | undefined;
  /** True where it was enough before the stream was read to its end: the next pull goes on. */
  readonly isUnfinished?: boolean | undefined;
  /** Why nothing was asked for: `secret_not_populated`. */
  readonly skipped: string | undefined;
  readonly error: { readonly code: ErrorCode; readonly message: string } | undefined;
}

import { DuolakeError, errorText, systemCode } from "../core/errors.ts";

const FULL: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);
const REFUSED: ReadonlySet<string> = new Set(["EACCES", "EPERM", "EROFS"]);

/**
 * Makes an error of the store or of DuckDB one that says what an operator can do.
 *
 * @param error anything that was thrown; an error of ours passes unchanged
 * @param doing what failed, as in `Cannot <doing>: …`
 */
export function lakeError(error: unknown, doing: string): DuolakeError {
  if (error instanceof DuolakeError) return error;
  const code = systemCode(error) ?? codeInText(errorText(error));
  if (code !== undefined && FULL.has(code)) {
    return new DuolakeError("lake_full", `Cannot ${doing}: no space is left on the device`, {
      retryable: true,
      cause: error,
    });
  }
  if (code !== undefined && REFUSED.has(code)) {
    const reason = code === "EROFS" ? "the file system is read-only" : "permission is denied";
    return new DuolakeError("lake_unwritable", `Cannot ${doing}: ${reason}, got ${errorText(error)}`, {
      cause: error,
    });
  }
  if (code !== undefined) {
    return new DuolakeError("lake_unwritable", `Cannot ${doing}: ${errorText(error)}`, {
      retryable: true,
      cause: error,
    });
  }
  return new DuolakeError("internal", `Cannot ${doing}: ${errorText(error)}`, { cause: error });
}

/** DuckDB gives the system's message, not its code. */
function codeInText(text: string): string | undefined {
  if (/No space left on device|Disk quota exceeded|File too large/i.test(text)) return "ENOSPC";
  if (/Read-only file system/i.test(text)) return "EROFS";
  if (/Permission denied|Operation not permitted/i.test(text)) return "EACCES";
  return text.startsWith("IO Error") ? "EIO" : undefined;
}

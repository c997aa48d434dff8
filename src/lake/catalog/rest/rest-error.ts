import { DuolakeError } from "../../../core/errors.ts";
import { RestFailure } from "./rest-failure.ts";

/**
 * Makes a failure of the catalog an error that says what an operator can do; anything else passes unchanged.
 *
 * @param doing what was asked, as in `Cannot <doing>: …`
 */
export function restError(error: unknown, doing: string): unknown {
  if (!(error instanceof RestFailure)) return error;
  const { status, isLater, isUnknown } = error;
  const retryable = isLater || isUnknown;
  return new DuolakeError("lake_unwritable", `Cannot ${doing}: ${reasonOf(status)}, got ${error.message}`, {
    retryable,
    cause: error,
  });
}

function reasonOf(status: number | undefined): string {
  switch (status) {
    case undefined:
      return "the catalog cannot be reached";
    case 401:
      return "the catalog does not know who asks; renew the token or the credential in the environment (docs/rest-catalog.md)";
    case 403:
      return "the catalog does not allow it; grant this principal the right to read and write the namespace and its tables";
    case 404:
      return "the catalog has no such place; check lake.catalog.uri, warehouse and prefix";
    case 429:
    case 503:
      return "the catalog is busy";
    default:
      return status >= 500 ? "the catalog failed" : "the catalog refused it";
  }
}

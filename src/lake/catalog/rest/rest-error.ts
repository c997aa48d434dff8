import { DuolakeError } from "../../../core/errors.ts";
import { RestFailure } from "./rest-failure.ts";

/** How Iceberg's own code refuses a snapshot that is of a later time than the server's (`TableMetadata`). */
const CLOCK_WORDS = /Invalid (update|snapshot) timestamp/;
/** How Iceberg's own server answers a path that it does not know (`RESTCatalogServlet`); others say 404. */
const ROUTE_WORDS = /No route for request/;
const NO_PLACE = "the catalog has no such place; check lake.catalog.uri, warehouse and prefix";

/**
 * Makes a failure of the catalog an error that says what an operator can do; anything else passes unchanged.
 *
 * @param doing what was asked, as in `Cannot <doing>: …`
 */
export function restError(error: unknown, doing: string): unknown {
  if (!(error instanceof RestFailure)) return error;
  const { isLater, isUnknown } = error;
  const retryable = isLater || isUnknown;
  return new DuolakeError("lake_unwritable", `Cannot ${doing}: ${reasonOf(error)}, got ${error.message}`, {
    retryable,
    cause: error,
  });
}

function reasonOf({ status, message }: RestFailure): string {
  switch (status) {
    case undefined:
      return "the catalog cannot be reached";
    case 400:
      if (CLOCK_WORDS.test(message)) {
        return "this machine's clock, or that of who committed last, is more than a minute ahead of the catalog's; set it";
      }
      return ROUTE_WORDS.test(message) ? NO_PLACE : "the catalog refused it";
    case 401:
      return "the catalog does not know who asks; renew the token or the credential in the environment (docs/rest-catalog.md)";
    case 403:
      return "the catalog does not allow it; grant this principal the right to read and write the namespace and its tables";
    case 404:
      return NO_PLACE;
    case 429:
    case 503:
      return "the catalog is busy";
    default:
      return status >= 500 ? "the catalog failed" : "the catalog refused it";
  }
}

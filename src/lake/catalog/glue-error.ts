import { DuolakeError, errorText, systemCode } from "../../core/errors.ts";

/** What an answer of Glue, or the lack of one, says about a request. */
export interface GlueFailure {
  /** Glue's word for it (`EntityNotFoundException`), or the name of the transport's error. */
  readonly name: string;
  /** HTTP status; undefined where no answer came. */
  readonly status: number | undefined;
  /** The same request may succeed later without a human doing something. */
  readonly isTransient: boolean;
  /** The request may have been carried out all the same. */
  readonly isUnknown: boolean;
}

/** The connection was never made, so the request was never sent. */
const UNSENT: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENETUNREACH",
  "EHOSTUNREACH",
]);
/** "Not now": refused before anything was done. They come with status 400 mostly. */
const LATER: ReadonlySet<string> = new Set([
  "ThrottlingException",
  "Throttling",
  "ThrottledException",
  "RequestThrottledException",
  "RequestLimitExceeded",
  "TooManyRequestsException",
  "ResourceNotReadyException",
]);
/** Glue gave up in the midst of it. */
const BROKEN: ReadonlySet<string> = new Set([
  "InternalServiceException",
  "InternalServerException",
  "OperationTimeoutException",
]);
/** Credentials that AWS knows not, or no longer, beside those that lack a permission. */
const REFUSED: ReadonlySet<string> = new Set([
  "AccessDeniedException",
  "AccessDenied",
  "UnauthorizedOperation",
  "UnrecognizedClientException",
  "InvalidClientTokenId",
  "InvalidSignatureException",
  "SignatureDoesNotMatch",
  "MissingAuthenticationTokenException",
  "IncompleteSignature",
  "IncompleteSignatureException",
  "ExpiredTokenException",
]);

/** Reads what the SDK threw. */
export function glueFailure(error: unknown): GlueFailure {
  const name = error instanceof Error ? error.name : String(error);
  const status = (error as { readonly $metadata?: { readonly httpStatusCode?: number } } | undefined)
    ?.$metadata?.httpStatusCode;
  const code = systemCode(error);
  if (status === undefined) {
    // What the SDK itself finds wrong, such as a missing region, has no code and never left this machine.
    const isOwn = error instanceof DuolakeError || /credential/i.test(name);
    const isNetwork = !isOwn && (code !== undefined || name === "TimeoutError");
    return { name, status, isTransient: isNetwork, isUnknown: isNetwork && !UNSENT.has(code ?? "") };
  }
  if (LATER.has(name) || status === 429) return { name, status, isTransient: true, isUnknown: false };
  // An answer that broke off in the midst of it says nothing, whatever its status.
  const isBroken = BROKEN.has(name) || status < 300 || code !== undefined;
  // 501 says that the service does not have what was asked for.
  const isUnknown = isBroken || (status >= 500 && status !== 501) || status === 408;
  return { name, status, isTransient: isUnknown, isUnknown };
}

/**
 * Makes what the SDK threw an error that `lakeError` understands (with a system code), or one of ours with words of its own where an
 * operator must set something right.
 *
 * @param request `action` is the permission's name (`glue:GetTable`), `place` what it was asked of
 */
export function glueError(
  error: unknown,
  request: { readonly action: string; readonly place: string },
): Error {
  if (error instanceof DuolakeError) return error;
  const failure = glueFailure(error);
  const setUp = setUpProblem(error, { ...failure, action: request.action });
  if (setUp !== undefined) {
    return new DuolakeError("lake_unwritable", `Cannot use Glue: ${setUp}`, { cause: error });
  }
  const { name, status, isTransient } = failure;
  const text = `${request.action} of ${request.place}: ${name}, ${errorText(error)}`;
  if (REFUSED.has(name) || status === 401 || status === 403) return systemLike("EACCES", text, error);
  if (isTransient) return systemLike(systemCode(error) ?? "EIO", text, error);
  // What Glue refuses for good stays refused, however often it is asked.
  return new DuolakeError("lake_unwritable", `Cannot use Glue: it refused ${text}`, { cause: error });
}

function systemLike(code: string, text: string, cause: unknown): Error {
  return Object.assign(new Error(`${code}: ${text}`, { cause }), { code });
}

/** What somebody has to set right before the request can succeed; undefined where it is something else. */
function setUpProblem(
  error: unknown,
  failure: { readonly name: string; readonly status: number | undefined; readonly action: string },
): string | undefined {
  const { name, status, action } = failure;
  const text = errorText(error);
  if (/credential/i.test(name)) {
    return `no AWS credentials were found, got ${text}; set AWS_PROFILE, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the machine a role`;
  }
  if (status === undefined && /region is missing/i.test(text)) {
    return "the region is not known, got none; set lake.catalog.region or AWS_REGION to the region of the Data Catalog";
  }
  if (/lake ?formation/i.test(text)) {
    return `Lake Formation does not allow ${action}, got ${text}; grant this role CREATE_TABLE on the database, and DESCRIBE, SELECT and ALTER on its tables, or ALL to IAMAllowedPrincipals`;
  }
  if (/signature (expired|not yet current)/i.test(text)) {
    return "this machine's clock is wrong; turn on time synchronization";
  }
  return undefined;
}

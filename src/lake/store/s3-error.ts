import { DuolakeError, errorText, systemCode } from "../../core/errors.ts";
import type { S3Path } from "./s3-path.ts";

/** What an answer, or the lack of one, says about a request. */
export interface S3Failure {
  /** S3's word for it (`NoSuchKey`), or the name of the transport's error. */
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
/** "Not now", beside the statuses of the 500s: time-out, a conditional write that met another, too many requests. */
const LATER_STATUS: ReadonlySet<number> = new Set([408, 409, 429]);
/** Credentials that S3 knows not, or no longer, beside those that lack a permission. */
const REFUSED_STATUS: ReadonlySet<number> = new Set([401, 403]);
/** Another region answers so; `x-amz-bucket-region` names the right one. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  "PermanentRedirect",
  "AuthorizationHeaderMalformed",
  "IllegalLocationConstraintException",
  "TemporaryRedirect",
]);

/** Reads what the SDK threw. */
export function s3Failure(error: unknown): S3Failure {
  const { name, status } = shapeOf(error);
  const code = systemCode(error);
  if (status === undefined) {
    // What the SDK itself finds wrong, such as a missing region, has no code and never left this machine.
    const isOwn = error instanceof DuolakeError || /credential/i.test(name);
    const isNetwork = !isOwn && (code !== undefined || name === "TimeoutError");
    return { name, status, isTransient: isNetwork, isUnknown: isNetwork && !UNSENT.has(code ?? "") };
  }
  // 501 says that the store does not have what was asked for.
  const isServer = status >= 500 && status !== 501;
  const isTransient = isServer || LATER_STATUS.has(status) || name === "RequestTimeout";
  // What came with an answer and broke off in the midst of it, or 5xx from whatever stands before the store.
  const isBroken = status < 300;
  return {
    name,
    status,
    isTransient: isTransient || isBroken,
    isUnknown: isServer || isBroken || name === "RequestTimeout" || status === 408,
  };
}

/**
 * Makes what the SDK threw an error as the other stores give it: with a system code (ENOENT, EACCES, EIO …) for what the
 * callers tell apart, or one of ours with words of its own where an operator must set something right.
 *
 * @param request `action` is the permission's name (`s3:GetObject`)
 */
export function s3Error(error: unknown, request: { readonly action: string; readonly path: S3Path }): Error {
  if (error instanceof DuolakeError) return error;
  const { action, path } = request;
  const { name, status } = s3Failure(error);
  const place = `s3://${path.bucket}${path.key === "" ? "" : `/${path.key}`}`;
  const setUp = setUpProblem(error, { name, status, bucket: path.bucket });
  if (setUp !== undefined) {
    return new DuolakeError("lake_unwritable", `Cannot use s3://${path.bucket}: ${setUp}`, { cause: error });
  }
  const said = NAMELESS.has(errorText(error)) || name === errorText(error) ? "" : `, ${errorText(error)}`;
  const text = `${action} of ${place}: ${name}${said}`;
  return systemLikeError(codeOf({ name, status, error }), text, error);
}

/** An error as the operating system gives it. */
export function systemLikeError(code: string, text: string, cause?: unknown): Error {
  return Object.assign(new Error(`${code}: ${text}`, cause === undefined ? undefined : { cause }), { code });
}

function codeOf(failure: {
  readonly name: string;
  readonly status: number | undefined;
  readonly error: unknown;
}): string {
  const { name, status, error } = failure;
  if (name === "NoSuchKey" || status === 404) return "ENOENT";
  if (status !== undefined && REFUSED_STATUS.has(status)) return "EACCES";
  if (name === "QuotaExceeded" || name === "EntityTooLarge" || status === 507) return "EDQUOT";
  return (status === undefined ? systemCode(error) : undefined) ?? "EIO";
}

/** What somebody has to set right before any request can succeed; undefined where it is something else. */
function setUpProblem(
  error: unknown,
  {
    name,
    status,
    bucket,
  }: { readonly name: string; readonly status: number | undefined; readonly bucket: string },
): string | undefined {
  const text = errorText(error);
  if (name === "NoSuchBucket") return `there is no such bucket, got ${bucket}; duolake does not make buckets`;
  if (name === "CredentialsProviderError" || /credential/i.test(name)) {
    return `no AWS credentials were found, got ${text}; set AWS_PROFILE, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the machine a role`;
  }
  if (status === undefined && /region is missing/i.test(text)) {
    return "the region is not known, got none; set AWS_REGION to the region of the bucket";
  }
  if (status === 301 || ELSEWHERE.has(name)) {
    return `it is in another region, got ${regionOf(error) ?? text}; set AWS_REGION to the region of the bucket`;
  }
  if (name === "RequestTimeTooSkewed") return "this machine's clock is wrong; turn on time synchronization";
  if (name === "NotImplemented" || status === 501)
    return `the store does not support what duolake needs, got ${text}`;
  return undefined;
}

function regionOf(error: unknown): string | undefined {
  const { $response: response, Region: inBody } = error as {
    readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
    readonly Region?: string;
  };
  return response?.headers?.["x-amz-bucket-region"] ?? inBody;
}

const NAMELESS: ReadonlySet<string> = new Set(["Error", "Unknown", "UnknownError"]);

function shapeOf(error: unknown): { readonly name: string; readonly status: number | undefined } {
  if (!(error instanceof Error)) return { name: String(error), status: undefined };
  const { $metadata: metadata, Code: code } = error as {
    readonly $metadata?: { readonly httpStatusCode?: number };
    readonly Code?: string;
  };
  const status = metadata?.httpStatusCode;
  // An answer without a body, as HEAD gives, has no word in it.
  const word = error.name === "Error" || error.name === "UnknownError" ? code : error.name;
  return {
    name: word ?? systemCode(error) ?? (status === undefined ? error.name : `HTTP ${status}`),
    status,
  };
}

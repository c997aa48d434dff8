/** Every stable error code; `docs/errors.md` has one line per code saying what the operator does. */
export const ERROR_CODES = [
  "usage_invalid",
  "config_not_found",
  "config_invalid",
  "secret_not_populated",
  "secret_unreadable",
  "duo_credentials_invalid",
  "duo_signature_invalid",
  "duo_clock_skew",
  "duo_forbidden",
  "duo_not_found",
  "duo_request_invalid",
  "duo_rate_limited",
  "duo_server_error",
  "duo_response_invalid",
  "duo_unreachable",
  "lake_unwritable",
  "lake_full",
  "lake_metadata_invalid",
  "lake_format_unsupported",
  "snapshot_not_found",
  "lake_schema_conflict",
  "lake_commit_conflict",
  "cursor_moved",
  "files_moved",
  "cursor_unsupported",
  "row_unstorable",
  "query_invalid",
  "aws_credentials_invalid",
  "aws_forbidden",
  "aws_refused",
  "aws_unreachable",
  "stack_not_found",
  "deploy_refused",
  "deploy_failed",
  "package_missing",
  "port_in_use",
  "stopped",
  "internal",
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/**
 * The one error this program throws on purpose.
 *
 * Messages follow `Cannot <do> <what>: <reason>, got <value>` and never hold a secret.
 * `retryable` says whether the same call may succeed later without a human doing something.
 */
export class DuolakeError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;

  constructor(
    code: ErrorCode,
    message: string,
    options: { readonly retryable?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "DuolakeError";
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

/** Gives the text of anything that was thrown, for use inside another message. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Gives the operating system's code of an error (`ENOENT`), or undefined where there is none. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = (error as { code?: unknown }).code;
  return typeof code === "string" ? code : undefined;
}

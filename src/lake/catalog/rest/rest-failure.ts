import { errorText, systemCode } from "../../../core/errors.ts";
import type { HttpResponse } from "../../../core/http.ts";
import { isJsonObject, parseJson } from "../../../core/json.ts";

/** The connection was never made, so the request was never sent. */
const UNSENT: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENETUNREACH",
  "EHOSTUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);
const TEXT_LENGTH_MAX = 300;

/** A request that the catalog did not answer as it should, or not at all. */
export class RestFailure extends Error {
  /** HTTP status; undefined where no answer came. */
  readonly status: number | undefined;
  /** The server's word for it (`NoSuchTableException`), or the transport's code. */
  readonly word: string;
  /** Refused for the moment, before anything was done. */
  readonly isLater: boolean;
  /** The request may have been carried out all the same. */
  readonly isUnknown: boolean;
  /** What the server asks to wait, ms. */
  readonly retryAfterMs: number | undefined;

  constructor(
    text: string,
    answer: {
      readonly status?: number | undefined;
      readonly word: string;
      readonly isLater: boolean;
      readonly isUnknown: boolean;
      readonly retryAfterMs?: number | undefined;
      readonly cause?: unknown;
    },
  ) {
    super(text, { cause: answer.cause });
    this.name = "RestFailure";
    this.status = answer.status;
    this.word = answer.word;
    this.isLater = answer.isLater;
    this.isUnknown = answer.isUnknown;
    this.retryAfterMs = answer.retryAfterMs;
  }
}

/** Reads an answer that is no success (REST spec, `IcebergErrorResponse`; 500, 502 and 504 do not say what became of a commit). */
export function failureOf({ status, headers, body }: HttpResponse): RestFailure {
  const { word, text } = errorOf(body);
  const isLater = status === 429 || status === 503;
  return new RestFailure(`${status} ${word}${text === "" ? "" : `, ${text}`}`, {
    status,
    word,
    isLater,
    isUnknown: !isLater && (status === 408 || (status >= 500 && status !== 501)),
    retryAfterMs: secondsOf(headers["retry-after"]),
  });
}

/** Reads what the transport threw. */
export function unanswered(error: unknown): RestFailure {
  const code = systemCode(error) ?? "EIO";
  const isUnsent = UNSENT.has(code);
  return new RestFailure(errorText(error) || code, {
    word: code,
    isLater: isUnsent,
    isUnknown: !isUnsent,
    cause: error,
  });
}

/** An answer of success whose body is not what it should be: it broke off, or something between us wrote another. */
export function unreadable(status: number, reason: string): RestFailure {
  return new RestFailure(`${status}, but ${reason}`, {
    status,
    word: "unreadable",
    isLater: false,
    isUnknown: true,
  });
}

function errorOf(body: string): { readonly word: string; readonly text: string } {
  try {
    const json = parseJson(body);
    const error = isJsonObject(json) && isJsonObject(json["error"]) ? json["error"] : json;
    if (isJsonObject(error)) {
      const word = error["type"] ?? error["error"] ?? error["__type"] ?? "";
      const text = error["message"] ?? error["error_description"] ?? error["Message"] ?? "";
      return { word: clipped(word), text: clipped(text) };
    }
  } catch {
    // Not the catalog's own words; what a proxy says is no help.
  }
  return { word: "", text: "" };
}

function clipped(value: unknown): string {
  return typeof value === "string" ? value.slice(0, TEXT_LENGTH_MAX) : "";
}

function secondsOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) * 1_000 : undefined;
}

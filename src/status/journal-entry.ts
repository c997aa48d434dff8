import { isJsonObject, type Json, type JsonObject } from "../core/json.ts";

/** What the last pull of a table left for `status` to show. */
export interface JournalEntry {
  /** When the last pull ended, ISO 8601. */
  readonly lastPullAt: string;
  /** How far the stream was drained, ISO 8601; ahead of the lake's watermark while nothing new came. */
  readonly drainedTo: string | undefined;
  /** The failure of the last pull; undefined where it did what it was asked. */
  readonly lastError: { readonly code: string; readonly message: string; readonly at: string } | undefined;
}

/** Reads an entry; undefined for what is none; pure. */
export function toJournalEntry(value: Json | undefined): JournalEntry | undefined {
  if (!isJsonObject(value) || typeof value["lastPullAt"] !== "string") return undefined;
  const { lastPullAt, drainedTo, lastError } = value;
  return {
    lastPullAt,
    drainedTo: typeof drainedTo === "string" ? drainedTo : undefined,
    lastError: isJsonObject(lastError) ? toError(lastError) : undefined,
  };
}

function toError({ code, message, at }: JsonObject): JournalEntry["lastError"] {
  if (typeof code !== "string" || typeof message !== "string" || typeof at !== "string") return undefined;
  return { code, message, at };
}

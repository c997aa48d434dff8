import type { Json, JsonObject } from "../core/json.ts";

const LONE_SURROGATE = /\p{Surrogate}/gu;

/**
 * Replaces every surrogate that stands alone by U+FFFD, in texts and keys at every depth.
 *
 * JSON can spell half a character (`\ud800`), UTF-8 cannot: no Parquet file could hold the row.
 */
export function wellFormed(value: Json): Json {
  if (typeof value === "string") return value.replace(LONE_SURROGATE, "\u{FFFD}");
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => wellFormed(item));
  // fromEntries defines keys, so that `__proto__` stays a key.
  const entries = Object.entries(value as JsonObject);
  return Object.fromEntries(entries.map(([key, item]) => [wellFormed(key) as string, wellFormed(item)]));
}

import type { DuckDBValue } from "@duckdb/node-api";
import { formatTimestamp } from "../core/format-timestamp.ts";
import type { Json } from "../core/json.ts";

type Api = typeof import("@duckdb/node-api");

/**
 * Turns a value of DuckDB into JSON: instants as ISO 8601 with `Z`, structs as objects, lists as arrays, integers exact,
 * whatever JSON has no word for as DuckDB's text.
 *
 * @param api DuckDB's classes; passed in because the package is loaded on first use
 */
export function jsonValue(value: DuckDBValue, api: Api): Json {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "bigint") return exactInteger(value);
  // Structs come first: most values of `SELECT *` are in them.
  if (value instanceof api.DuckDBStructValue) {
    return Object.fromEntries(
      Object.entries(value.entries).map(([key, item]) => [key, jsonValue(item, api)]),
    );
  }
  if (value instanceof api.DuckDBListValue || value instanceof api.DuckDBArrayValue) {
    return value.items.map((item) => jsonValue(item, api));
  }
  if (value instanceof api.DuckDBTimestampTZValue) {
    // Beyond the years that ISO 8601 writes with four digits, DuckDB's own text says more than a wrong instant.
    const us = Number(value.micros);
    return us >= US_MIN && us < US_END ? formatTimestamp(us) : value.toString();
  }
  if (
    value instanceof api.DuckDBTimestampValue ||
    value instanceof api.DuckDBTimestampSecondsValue ||
    value instanceof api.DuckDBTimestampMillisecondsValue ||
    value instanceof api.DuckDBTimestampNanosecondsValue
  ) {
    return value.toString().replace(" ", "T");
  }
  if (value instanceof api.DuckDBMapValue) {
    return value.entries.map((entry) => ({
      key: jsonValue(entry.key, api),
      value: jsonValue(entry.value, api),
    }));
  }
  if (value instanceof api.DuckDBDecimalValue) {
    return value.scale === 0 ? exactInteger(value.value) : Number(value.toString());
  }
  return value.toString();
}

function exactInteger(value: bigint): Json {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

// 0000-01-01 and 10000-01-01.
const US_MIN = -62_167_219_200_000_000;
const US_END = 253_402_300_800_000_000;

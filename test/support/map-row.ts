import type { Json, JsonObject } from "../../src/core/json.ts";
import { findTable } from "../../src/duo/tables/index.ts";
import type { TableName } from "../../src/duo/tables/table.ts";
import { sampleEvents } from "./sample-events.ts";

/** Maps an event that must become a row, and gives the row. */
export function mapRow(table: TableName, event: Json): JsonObject {
  const mapped = findTable(table)?.map(event, { fetchedAtUs: 1_772_000_000_000_000 });
  if (mapped?.kind !== "row") throw new Error(`Cannot map event: it gives no row, got ${mapped?.kind}`);
  return mapped.row as unknown as JsonObject;
}

/** The table's first sample event with other top-level values. */
export function changed(table: TableName, values: JsonObject): JsonObject {
  return { ...sampleEvents(table)[0], ...values };
}

/** Follows a dotted path into a row; undefined where it ends early. */
export function at(row: unknown, path: string): Json | undefined {
  let value = row as Json | undefined;
  for (const key of path.split(".")) {
    value = (value as JsonObject | undefined)?.[key];
  }
  return value;
}

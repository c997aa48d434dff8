import { readFileSync } from "node:fs";
import { parseJson, type JsonObject } from "../../src/core/json.ts";
import type { TableName } from "../../src/duo/tables/table.ts";

const FILE = new URL("../fixtures/events.json", import.meta.url);

/** Ordinary events of a table, as its current endpoint sends them, with every optional part filled. */
export function sampleEvents(table: TableName): readonly JsonObject[] {
  return (parseJson(readFileSync(FILE, "utf8")) as unknown as Record<TableName, readonly JsonObject[]>)[
    table
  ];
}

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseJson, stringifySorted, type Json, type JsonObject } from "../../../src/core/json.ts";
import { formatTimestamp } from "../../../src/core/format-timestamp.ts";
import { findTable } from "../../../src/duo/tables/index.ts";
import { misfits } from "../../support/fits-columns.ts";
import { unexplainedTexts } from "../../support/unexplained-texts.ts";

interface Case {
  readonly id: string;
  readonly table: string;
  readonly name: string;
  readonly input: Json;
  readonly expected: JsonObject | null;
}

const FETCHED_AT_US = Date.UTC(2026, 2, 1, 8, 30) * 1000;
const FILE = new URL("../../fixtures/mapping-cases.json", import.meta.url);
const CASES = parseJson(readFileSync(FILE, "utf8")) as unknown as readonly Case[];

/** Maps an event by the short name of its table, in the form of the cases. */
function normalizeByName(name: string, event: Json): object | null {
  const table = findTable(name);
  if (table === undefined) return { $reject: "unknown_table" };
  const mapped = table.map(event, { fetchedAtUs: FETCHED_AT_US });
  if (mapped.kind === "empty") return null;
  if (mapped.kind === "rejected") return { $reject: mapped.reason };

  expect(misfits(mapped.row, table.columns())).toEqual([]);
  expect(unexplainedTexts(mapped.row, event)).toEqual([]);
  expect(mapped.row.ts).toBe(formatTimestamp(mapped.tsUs));
  const { original, ...rest } = mapped.row["event"] as JsonObject;
  expect(original).toBe(mapped.original);
  const raw = Object.fromEntries(Object.entries(event as JsonObject).filter(([key]) => key !== "_table"));
  expect(original).toBe(stringifySorted(raw));
  const ts = mapped.timeKnown ? mapped.row.ts : "$ingest_time";
  expect(mapped.timeKnown || mapped.tsUs === FETCHED_AT_US).toBe(true);
  return { ...mapped.row, ts, event: rest };
}

test("mapping cases are all there", () => {
  expect(CASES).toHaveLength(64);
});

test.each(CASES)("$id: $name", ({ table, input, expected }) => {
  expect(normalizeByName(table, input)).toEqual(expected);
});

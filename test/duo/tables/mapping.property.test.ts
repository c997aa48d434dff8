import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseJson, stringifyJson, stringifySorted, type Json } from "../../../src/core/json.ts";
import { LOG_TABLES } from "../../../src/duo/tables/index.ts";
import type { LogTable } from "../../../src/duo/tables/table.ts";
import { misfits } from "../../support/fits-columns.ts";
import { anyJson, mutated } from "../../support/hostile-json.ts";
import { sampleEvents } from "../../support/sample-events.ts";
import { unexplainedTexts } from "../../support/unexplained-texts.ts";

const FILE = new URL("../../fixtures/mapping-cases.json", import.meta.url);
const CASES = parseJson(readFileSync(FILE, "utf8")) as unknown as readonly {
  readonly table: string;
  readonly input: Json;
}[];
const FETCHED_AT_US = 1_772_000_000_000_000;
const RUN_COUNT = Number(process.env["PROPERTY_RUNS"] ?? 300);

function eventsOf(table: LogTable): readonly Json[] {
  const inputs = CASES.filter((item) => item.table === table.name).map(({ input }) => input);
  return [...inputs, ...sampleEvents(table.name)];
}

/** Everything a mapping promises about one event. */
function check(table: LogTable, event: Json): void {
  const before = stringifySorted(event);
  const mapped = table.map(event, { fetchedAtUs: FETCHED_AT_US });
  expect(stringifySorted(event), "the event is unchanged").toBe(before);
  if (mapped.kind !== "row") return;
  expect(misfits(mapped.row, table.columns())).toEqual([]);
  expect(unexplainedTexts(mapped.row, event)).toEqual([]);
  expect(parseJson(stringifyJson(mapped.row))).toEqual(mapped.row);
  expect(mapped.row["event"]).toHaveProperty("original", mapped.original);
  if (!mapped.timeKnown) expect(mapped.tsUs).toBe(FETCHED_AT_US);
  expect(table.map(event, { fetchedAtUs: FETCHED_AT_US })).toEqual(mapped);
}

describe.each(LOG_TABLES.map((table) => [table.name, table] as const))("%s.map", (_name, table) => {
  test("keeps its promises for any JSON", () => {
    fc.assert(
      fc.property(anyJson(), (event) => check(table, event)),
      { numRuns: RUN_COUNT },
    );
  });

  test("keeps its promises for real events with foreign values in them", () => {
    fc.assert(
      fc.property(mutated(eventsOf(table)), (event) => check(table, event)),
      { numRuns: RUN_COUNT },
    );
  });

  test("refuses what is nested too deep, without throwing", () => {
    let deep: Json = "x";
    for (let i = 0; i < 20_000; i += 1) deep = i % 2 === 0 ? [deep] : { a: deep };
    expect(table.map({ user: deep }, { fetchedAtUs: FETCHED_AT_US })).toEqual({
      kind: "rejected",
      reason: "too_deep",
    });
  });

  test("makes rows that may be changed without changing others", () => {
    const [event] = eventsOf(table) as [Json];
    const first = table.map(event, { fetchedAtUs: FETCHED_AT_US });
    const text = stringifyJson(first);
    spoil(first);
    expect(stringifyJson(table.map(event, { fetchedAtUs: FETCHED_AT_US }))).toBe(text);
  });
});

function spoil(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  for (const inner of Object.values(value)) spoil(inner);
  if (Array.isArray(value)) value.push("spoiled");
  else (value as Record<string, unknown>)["spoiled"] = true;
}

import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseJson, stringifyJson, stringifySorted, type Json } from "../../../src/core/json.ts";
import { formatTimestamp } from "../../../src/core/format-timestamp.ts";
import { LOG_TABLES } from "../../../src/duo/tables/index.ts";
import type { LogTable } from "../../../src/duo/tables/table.ts";
import { misfits } from "../../support/fits-columns.ts";
import { anyJson, mutated } from "../../support/hostile-json.ts";
import { at } from "../../support/map-row.ts";
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

/** Lists the promises about one event that a mapping breaks. */
function brokenPromises(table: LogTable, event: Json): readonly string[] {
  const before = stringifySorted(event);
  const mapped = table.map(event, { fetchedAtUs: FETCHED_AT_US });
  const broken: string[] = [];
  const promise = (isKept: boolean, text: string): void => {
    if (!isKept) broken.push(text);
  };
  promise(stringifySorted(event) === before, "the event is left as it is");
  if (mapped.kind !== "row") return broken;
  promise(isDeepStrictEqual(table.map(event, { fetchedAtUs: FETCHED_AT_US }), mapped), "it is a function");
  promise(isDeepStrictEqual(parseJson(stringifyJson(mapped.row)), mapped.row), "the row survives JSON");
  promise(at(mapped.row, "event.original") === mapped.original, "the raw event is kept");
  promise(mapped.row.ts === formatTimestamp(mapped.tsUs), "ts is the time");
  promise(mapped.timeKnown || mapped.tsUs === FETCHED_AT_US, "an unknown time is that of the fetch");
  return [...broken, ...misfits(mapped.row, table.columns()), ...unexplainedTexts(mapped.row, event)];
}

describe.each(LOG_TABLES.map((table) => [table.name, table] as const))("%s.map", (_name, table) => {
  test("keeps its promises for any JSON", () => {
    fc.assert(
      fc.property(anyJson(), (event) => {
        expect(brokenPromises(table, event)).toEqual([]);
      }),
      { numRuns: RUN_COUNT },
    );
  });

  test("keeps its promises for real events with foreign values in them", () => {
    fc.assert(
      fc.property(mutated(eventsOf(table)), (event) => {
        expect(brokenPromises(table, event)).toEqual([]);
      }),
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

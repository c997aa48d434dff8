import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  isJsonObject,
  parseJson,
  stringifyJson,
  stringifySorted,
  type Json,
  type JsonObject,
} from "../../../src/core/json.ts";
import { formatTimestamp } from "../../../src/core/format-timestamp.ts";
import { LOG_TABLES } from "../../../src/duo/tables/index.ts";
import { knownShape } from "../../../src/duo/tables/common/known-shape.ts";
import { findDrift } from "../../../src/duo/tables/common/find-drift.ts";
import type { LogTable, Mapped, Stream } from "../../../src/duo/tables/table.ts";
import { toText } from "../../../src/ecs/to-text.ts";
import { misfits } from "../../support/fits-columns.ts";
import { anyJson, mutated } from "../../support/hostile-json.ts";
import { at } from "../../support/map-row.ts";
import { sampleEvents } from "../../support/sample-events.ts";
import { TWINS } from "../../support/twins.ts";
import { unexplainedTexts } from "../../support/unexplained-texts.ts";

const FILE = new URL("../../fixtures/mapping-cases.json", import.meta.url);
const CASES = parseJson(readFileSync(FILE, "utf8")) as unknown as readonly {
  readonly table: string;
  readonly input: Json;
}[];
const FETCHED_AT_US = 1_772_000_000_000_000;
const RUN_COUNT = Number(process.env["PROPERTY_RUNS"] ?? 300);

/** One of the ways in which a table gets its rows. */
interface Feed {
  readonly table: LogTable;
  readonly stream: Stream;
  readonly map: (event: Json) => Mapped;
  /** Real events of the stream. */
  readonly events: readonly Json[];
}

const FEEDS: readonly (readonly [name: string, feed: Feed])[] = LOG_TABLES.flatMap((table) =>
  table.streams.map((stream) => {
    const map = stream.map ?? table.map;
    return [
      `${table.name} from ${stream.name}`,
      {
        table,
        stream,
        events: eventsOf(table, stream),
        map: (event) => map(event, { fetchedAtUs: FETCHED_AT_US }),
      },
    ] as const;
  }),
);

function eventsOf(table: LogTable, stream: Stream): readonly Json[] {
  // A stream with a mapping of its own reads the events of another table's endpoint.
  const name = stream.map === undefined ? table.name : "activity";
  const inputs = CASES.filter((item) => item.table === name).map(({ input }) => input);
  const isFirst = table.streams[0] === stream;
  const twins = TWINS.filter((twin) => twin.table === table.name).map(
    (twin) => twin[isFirst ? "first" : "second"],
  );
  return [...inputs, ...sampleEvents(name), ...twins];
}

/** The event with the words that the mapping from the activity log spells as the v1 logs do. */
function withV1Spellings(event: Json, { stream }: Feed): Json {
  if (stream.map === undefined || !isJsonObject(event)) return event;
  const actor = event["actor"];
  const name = isJsonObject(actor) && actor["type"] === "adminapi" ? toText(actor["name"]) : undefined;
  return [event, "API", `API (${name})`, "Active", "Bypass", "Disabled"];
}

/** The row with its flattened details unpacked: they may be a part of a structure of the event. */
function unpacked(row: JsonObject, { stream }: Feed): JsonObject {
  const flattened = at(row, "duo.admin.flattened");
  if (stream.map === undefined || typeof flattened !== "string") return row;
  return { ...row, duo: { flattened: parseJson(flattened) } };
}

/** Lists the promises about one event that a mapping breaks. */
function brokenPromises(feed: Feed, event: Json): readonly string[] {
  const before = stringifySorted(event);
  const { table, map } = feed;
  const mapped = map(event);
  const broken: string[] = [];
  const promise = (isKept: boolean, text: string): void => {
    if (!isKept) broken.push(text);
  };
  promise(stringifySorted(event) === before, "the event is left as it is");
  if (mapped.kind !== "row") return broken;
  promise(isDeepStrictEqual(map(event), mapped), "it is a function");
  promise(isDeepStrictEqual(parseJson(stringifyJson(mapped.row)), mapped.row), "the row survives JSON");
  promise(at(mapped.row, "event.original") === mapped.original, "the raw event is kept");
  promise(mapped.row.ts === formatTimestamp(mapped.tsUs), "ts is the time");
  promise(mapped.timeKnown || mapped.tsUs === FETCHED_AT_US, "an unknown time is that of the fetch");
  const row = unpacked(mapped.row as unknown as JsonObject, feed);
  return [
    ...broken,
    ...misfits(mapped.row, table.columns()),
    ...unexplainedTexts(row, withV1Spellings(event, feed)),
  ];
}

/** Lists the promises about one event that the stream's other functions break; they get events as Duo sent them. */
function brokenByStream({ stream, table }: Feed, event: Json): readonly string[] {
  const before = stringifySorted(event);
  const broken: string[] = [];
  const drift = stream.known === undefined ? [] : findDrift(event, stream.known);
  if (drift.length > 20) broken.push("there are at most 20 entries of drift");
  broken.push(...drift.filter((entry) => !/^(?:field|value) ./.test(entry) || /\p{Surrogate}/u.test(entry)));
  if (isJsonObject(event)) {
    const others = table.streams.filter((other) => other !== stream);
    const key = stream.twinKey?.(event);
    if (key === "") broken.push("a twin key is not empty");
    if (key !== undefined && others.some((other) => other.twinKey?.(event) !== undefined)) {
      broken.push("an event has the shape of one stream only");
    }
    if (typeof (stream.accepts?.(event) ?? true) !== "boolean") broken.push("accepts says yes or no");
  }
  if (stringifySorted(event) !== before) broken.push("the event is left as it is");
  return broken;
}

describe.each(FEEDS)("%s", (_name, feed) => {
  test("keeps its promises for any JSON", () => {
    fc.assert(
      fc.property(anyJson(), (event) => {
        expect([...brokenPromises(feed, event), ...brokenByStream(feed, event)]).toEqual([]);
      }),
      { numRuns: RUN_COUNT },
    );
  });

  test("keeps its promises for real events with foreign values in them", () => {
    fc.assert(
      fc.property(mutated(feed.events), (event) => {
        expect([...brokenPromises(feed, event), ...brokenByStream(feed, event)]).toEqual([]);
      }),
      { numRuns: RUN_COUNT },
    );
  });

  test("refuses what is nested too deep, without throwing", () => {
    let deep: Json = "x";
    for (let i = 0; i < 20_000; i += 1) deep = i % 2 === 0 ? [deep] : { a: deep };
    expect(feed.map({ user: deep })).toEqual({ kind: "rejected", reason: "too_deep" });
    const [event] = feed.events as [JsonObject];
    for (const key of Object.keys(event)) {
      for (const value of [deep, [deep], { name: deep, type: "user", action: deep }]) {
        const spoiled = { ...event, [key]: value };
        expect(feed.map(spoiled)).toEqual({ kind: "rejected", reason: "too_deep" });
        expect(() => feed.stream.accepts?.(spoiled)).not.toThrow();
        expect(() => feed.stream.twinKey?.(spoiled)).not.toThrow();
        expect(() => feed.stream.identity(spoiled)).not.toThrow();
        expect(() => findDrift(spoiled, feed.stream.known ?? knownShape([]))).not.toThrow();
      }
    }
  });

  test("makes rows that may be changed without changing others", () => {
    const [event] = feed.events as [Json];
    const first = feed.map(event);
    const text = stringifyJson(first);
    spoil(first);
    expect(stringifyJson(feed.map(event))).toBe(text);
  });
});

function spoil(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  for (const inner of Object.values(value)) spoil(inner);
  if (Array.isArray(value)) value.push("spoiled");
  else (value as Record<string, unknown>)["spoiled"] = true;
}

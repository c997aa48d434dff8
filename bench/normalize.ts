import { isJsonObject, type Json, parseJson } from "../src/core/json.ts";
import { findTable } from "../src/duo/tables/index.ts";
import type { Measurement } from "./measurement.ts";
import { recordedPages } from "./recorded-pages.ts";

const EVENT_COUNT = 50_000;
const RUN_COUNT = 7;

/** Normalization alone, on one core: events that are parsed already to rows, `event.original` included. */
export async function measureNormalize(): Promise<Measurement[]> {
  const events: Json[] = [];
  for await (const page of recordedPages(EVENT_COUNT)) events.push(...eventsOf(parseJson(page)));
  const table = findTable("auth");
  if (table === undefined) throw new Error("Cannot measure: there is no table auth");
  const context = { fetchedAtUs: 1_773_000_000_000_000 };
  const values: number[] = [];
  for (let run = 0; run <= RUN_COUNT; run += 1) {
    const startMs = performance.now();
    for (const event of events) table.map(event, context);
    // The first run is the compiler's.
    if (run > 0) values.push((events.length / (performance.now() - startMs)) * 1000);
  }
  return [{ name: "normalization alone, one core", values, unit: "events/s" }];
}

function eventsOf(body: Json): readonly Json[] {
  const response = isJsonObject(body) ? body["response"] : undefined;
  return isJsonObject(response) ? (response["authlogs"] as readonly Json[]) : [];
}

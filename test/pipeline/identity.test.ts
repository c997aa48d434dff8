import * as fc from "fast-check";
import { expect, test } from "vitest";
import { findTable } from "../../src/duo/tables/index.ts";
import type { LogTable, Stream } from "../../src/duo/tables/table.ts";
import { stringifySorted, type Json } from "../../src/core/json.ts";
import { createIdentifier } from "../../src/pipeline/identity.ts";
import { createKnownIdentities } from "../../src/pipeline/known-identities.ts";

const streamOf = (table: string): Stream => (findTable(table) as LogTable).streams[0] as Stream;

test("an event with an id has the same identity in every pull, whatever else it says", () => {
  const event = { txid: "t", isotimestamp: "2026-03-10T14:05:09.123456+00:00", result: "success" };
  const first = createIdentifier(streamOf("auth")).identify(event, stringifySorted(event), 1);
  const changed = { ...event, result: "denied" };
  expect(createIdentifier(streamOf("auth")).identify(changed, stringifySorted(changed), 2)).toBe(first);
  expect(first).toMatch(/^[0-9a-f]{32}$/);
});

test("equal events without id are told apart by their number, and come out the same in the next page", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 30 }), (actions) => {
      const identifier = createIdentifier(streamOf("admin"));
      const name = (): string[] =>
        actions.map((action) => {
          const event: Json = { action, timestamp: 1_773_216_002 };
          return identifier.identify(event, stringifySorted(event), 1);
        });
      const once = name();
      expect(new Set(once).size).toBe(actions.length);
      identifier.restart();
      expect(name()).toEqual(once);
    }),
  );
});

test("known identities are found by their hour, and forgotten only when the whole hour is behind", () => {
  const known = createKnownIdentities();
  const hourUs = 3_600_000_000;
  known.add("old", hourUs * 10 + 5);
  known.add("new", hourUs * 11 + 5);
  expect(known.has("old", hourUs * 10)).toBe(true);
  expect(known.has("old", undefined)).toBe(true);
  known.forgetBefore(hourUs * 11 - 1);
  expect(known.has("old", hourUs * 10)).toBe(true);
  known.forgetBefore(hourUs * 11);
  expect(known.has("old", undefined)).toBe(false);
  expect(known.has("new", hourUs * 11)).toBe(true);
  expect(known.size).toBe(1);
});

import { expect, test } from "vitest";
import { findTable, LOG_TABLES } from "../../../src/duo/tables/index.ts";
import { sampleEvents } from "../../support/sample-events.ts";

test("LOG_TABLES lists the tables in order, with their streams by preference", () => {
  expect(LOG_TABLES.map(({ name, streams }) => [name, ...streams.map((stream) => stream.name)])).toEqual([
    ["admin", "administrator_v1", "activity_v2"],
    ["auth", "authentication_v2"],
    ["offline_enrollment", "offline_enrollment_v1", "activity_v2"],
    ["summary", "info_summary"],
    ["telephony", "telephony_v2", "telephony_v1"],
    ["activity", "activity_v2"],
    ["trust_monitor", "trust_monitor_v1"],
  ]);
});

const STREAMS = LOG_TABLES.flatMap(({ streams }) => streams);

test.each(STREAMS)("$name declares what its paging needs", ({ path, paging, itemsKey, pageRowCountMax }) => {
  expect(path).toMatch(/^\/admin\/v[12]\//);
  expect(itemsKey !== undefined).toBe(paging === "cursor" || paging === "offset");
  expect(pageRowCountMax > 0).toBe(paging !== "gauge");
});

test("a stream gives way to the next one only where it has one, and where Duo closes it", () => {
  expect(
    LOG_TABLES.map(({ name, streams }) => [name, ...streams.map((stream) => stream.givesWayOn)]),
  ).toEqual([
    ["admin", ["gone", "forbidden"], undefined],
    ["auth", undefined],
    ["offline_enrollment", ["gone", "forbidden"], undefined],
    ["summary", undefined],
    ["telephony", ["gone"], undefined],
    ["activity", undefined],
    ["trust_monitor", undefined],
  ]);
});

test("every table with two streams can know the twins of an event", () => {
  for (const { streams } of LOG_TABLES) {
    expect(streams.map(({ twinKey }) => twinKey !== undefined)).toEqual(
      streams.map(() => streams.length > 1),
    );
  }
});

test("Trust Monitor alone has versions, and is read again for as long as they may come", () => {
  const versioned = STREAMS.filter(
    ({ hasVersions, rereadDays }) => hasVersions === true || rereadDays !== undefined,
  );
  expect(versioned).toMatchObject([
    { name: "trust_monitor_v1", hasVersions: true, rereadDays: { daily: 30, weekly: 90 } },
  ]);
});

test("findTable knows short names only", () => {
  expect(findTable("auth")?.name).toBe("auth");
  for (const name of ["duo_auth", "door_access", "", "constructor", "__proto__"]) {
    expect(findTable(name)).toBeUndefined();
  }
});

test.each([
  ["auth", "authentication_v2", ["b9d8a2f4-61c3-4e0f-8a7b-35c21e9d7f10", "2026-02-17T06:41:22.083917+00:00"]],
  ["telephony", "telephony_v2", ["d3f5a8b1-7c24-4f6e-9e10-2b8c6d4a1f37"]],
  ["activity", "activity_v2", ["7e9b0a41-3d58-4f7c-b1a6-c52f8e0d9374"]],
  ["trust_monitor", "trust_monitor_v1", ["SEJ5K7L9Z2X4C6V8B1N3"]],
  ["admin", "administrator_v1", undefined],
  ["offline_enrollment", "offline_enrollment_v1", undefined],
  ["telephony", "telephony_v1", undefined],
  ["summary", "info_summary", undefined],
] as const)("%s: the identity of an event of %s", (table, name, identity) => {
  const stream = findTable(table)?.streams.find((candidate) => candidate.name === name);
  const [event] = sampleEvents(table);
  expect(stream?.identity(event ?? {})).toEqual(identity);
});

test.each(["admin", "offline_enrollment"] as const)("%s: an activity is known by its id", (table) => {
  const stream = findTable(table)?.streams.find(({ name }) => name === "activity_v2");
  const [event] = sampleEvents("activity");
  expect(stream?.identity(event ?? {})).toEqual(["7e9b0a41-3d58-4f7c-b1a6-c52f8e0d9374"]);
});

test.each([undefined, null, "", 7, true, ["x"], { id: "x" }])("an id of %j is no identity", (id) => {
  for (const { name, streams } of LOG_TABLES) {
    const keys = { auth: ["txid", "isotimestamp"], telephony: ["telephony_id"], activity: ["activity_id"] };
    for (const key of (keys as Record<string, readonly string[]>)[name] ?? ["sekey"]) {
      const event = { ...sampleEvents(name)[0], [key]: id };
      expect(streams[0]?.identity(event as never)).toBeUndefined();
    }
  }
});

import { describe, expect, test } from "vitest";
import { parseJson, type JsonObject } from "../../../src/core/json.ts";
import { LOG_TABLES } from "../../../src/duo/tables/index.ts";
import { startSimulator } from "../../../simulator/simulator.ts";
import type { StreamName } from "../../../simulator/streams.ts";
import { streamsOf, TWINS, twinNamed } from "../../support/twins.ts";

const OTHER_VALUES: JsonObject = {
  timestamp: 1_773_151_351,
  isotimestamp: "2026-03-10T14:02:31+00:00",
  action: "user_create",
  username: "somebody else",
  object: "something else",
  context: "enrollment",
  credits: "3",
  phone: "+4741234567",
  type: "fax",
};

describe.each(TWINS)("twinKey: $name", ({ table, first, second }) => {
  const [one, other] = streamsOf(table);

  test("is the same in both streams", () => {
    expect(one.twinKey?.(first)).toMatch(/^\[\d+,"/);
    expect(other.twinKey?.(second)).toBe(one.twinKey?.(first));
  });

  test("is no stream's but the event's own", () => {
    expect(one.twinKey?.(second)).toBeUndefined();
    expect(other.twinKey?.(first)).toBeUndefined();
  });

  test("is another where anything that both streams tell is another", () => {
    const [isFirstV1, v1] = "timestamp" in first ? [true, first] : [false, second];
    const stream = isFirstV1 ? one : other;
    const keys = Object.keys(v1).filter((key) => key in OTHER_VALUES && key !== "isotimestamp");
    expect(keys.length).toBeGreaterThan(3);
    for (const key of keys) {
      const changed = { ...v1, [key]: OTHER_VALUES[key] ?? null };
      expect([key, stream.twinKey?.(changed)]).not.toEqual([key, stream.twinKey?.(v1)]);
    }
  });
});

const V1 = twinNamed("a change by an application of the Admin API").first;
const ACTIVITY = twinNamed("a change by an application of the Admin API").second;

test.each<[string, JsonObject]>([
  ["no readable time", { ...V1, timestamp: "soon", isotimestamp: null }],
  ["no action", { ...V1, action: "" }],
  ["a structure for a name", { ...V1, username: { name: "API (Provisioning)" } }],
  ["nothing at all", {}],
])("twinKey: a v1 entry with %s has none", (_name, event) => {
  for (const table of ["admin", "offline_enrollment"] as const) {
    expect(streamsOf(table)[0].twinKey?.(event)).toBeUndefined();
  }
});

test.each<[string, JsonObject]>([
  ["no id", { ...ACTIVITY, activity_id: null }],
  ["no readable time", { ...ACTIVITY, ts: "soon" }],
  ["no action", { ...ACTIVITY, action: null }],
  ["a structure for a name", { ...ACTIVITY, target: { name: ["jsilva"], type: "user" } }],
])("twinKey: an activity with %s has none", (_name, event) => {
  for (const table of ["admin", "offline_enrollment"] as const) {
    expect(streamsOf(table)[1].twinKey?.(event)).toBeUndefined();
  }
});

test("twinKey: a v1 entry without timestamp is known by its isotimestamp", () => {
  const [{ twinKey }] = streamsOf("admin");
  expect(twinKey?.({ ...V1, timestamp: null })).toBe(twinKey?.(V1));
});

test("accepts gives each activity to exactly one of the tables that it can feed", () => {
  const events: JsonObject[] = [
    ...TWINS.filter(({ table }) => table !== "telephony").map(({ second }) => second),
    { action: "o2fa_user_reenrolled" },
    { action: { name: "O2FA_user_reenrolled" } },
    { action: { name: ["o2fa_x"] } },
    { action: null },
    {},
  ];
  const fed = LOG_TABLES.filter(({ name }) => name !== "activity").flatMap(({ name, streams }) =>
    streams.filter((stream) => stream.name === "activity_v2").map(({ accepts }) => ({ name, accepts })),
  );
  const owners = events.map((event) =>
    fed.filter(({ accepts }) => accepts?.(event) === true).map(({ name }) => name),
  );
  expect(owners.filter((names) => names.length !== 1)).toEqual([]);
  expect(owners.flat()).toEqual([
    ...Array.from({ length: 6 }, () => "admin"),
    "offline_enrollment",
    "offline_enrollment",
    "admin",
    "admin",
    "admin",
    "admin",
  ]);
});

test.each<["admin" | "offline_enrollment" | "telephony", readonly [StreamName, StreamName]]>([
  ["admin", ["administrator_v1", "activity_v2"]],
  ["offline_enrollment", ["offline_enrollment_v1", "activity_v2"]],
  ["telephony", ["telephony_v1", "telephony_v2"]],
])("twinKey finds every v1 row of a simulated %s log in the other log", async (table, names) => {
  await using simulator = await startSimulator({
    seed: 3,
    users: 150,
    days: 7,
    nowMs: Date.UTC(2026, 2, 12),
  });
  const [v1, v2] = names.map((name) =>
    parseJson(JSON.stringify(simulator.ledger.expected(name))),
  ) as unknown as [readonly JsonObject[], readonly JsonObject[]];
  const streams = streamsOf(table);
  const [v1Stream, v2Stream] = table === "telephony" ? [streams[1], streams[0]] : streams;
  const left = new Map<string, number>();
  for (const event of v2) {
    const key = v2Stream.accepts?.(event) === false ? undefined : v2Stream.twinKey?.(event);
    if (key !== undefined) left.set(key, (left.get(key) ?? 0) + 1);
  }
  const lonely = v1.filter((event) => {
    const key = v1Stream.twinKey?.(event) ?? "";
    const count = left.get(key) ?? 0;
    left.set(key, count - 1);
    return count <= 0;
  });
  // An activity that does not tell its target cannot be known again.
  const untold = v2.filter(({ target }) => target === null);
  expect(v1.length).toBeGreaterThan(30);
  expect(lonely.length).toBeLessThanOrEqual(untold.length);
});

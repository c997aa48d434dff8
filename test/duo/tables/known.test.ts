import { expect, test } from "vitest";
import { startSimulator } from "../../../simulator/simulator.ts";
import type { StreamName } from "../../../simulator/streams.ts";
import { parseJson, type Json, type JsonObject } from "../../../src/core/json.ts";
import { findDrift } from "../../../src/duo/tables/common/find-drift.ts";
import { LOG_TABLES } from "../../../src/duo/tables/index.ts";
import { sampleEvents } from "../../support/sample-events.ts";
import { TWINS } from "../../support/twins.ts";

const STREAMS = new Map(LOG_TABLES.flatMap(({ streams }) => streams).map((stream) => [stream.name, stream]));

/** What the simulator puts into a few events on purpose. */
const NEWS: Readonly<Record<string, readonly string[]>> = {
  authentication_v2: ["field risk_preview"],
  activity_v2: ["field correlation"],
};

function driftOf(stream: string, events: readonly Json[]): readonly string[] {
  const known = STREAMS.get(stream)?.known;
  if (known === undefined) throw new Error(`Cannot look for drift: nothing is declared, got ${stream}`);
  return [...new Set(events.flatMap((event) => findDrift(event, known)))];
}

test("known is declared for every stream", () => {
  expect([...STREAMS.values()].filter(({ known }) => known === undefined)).toEqual([]);
});

test.each<[StreamName, string]>([
  ["authentication_v2", "authentication_v2"],
  ["activity_v2", "activity_v2"],
  ["telephony_v2", "telephony_v2"],
  ["telephony_v1", "telephony_v1"],
  ["administrator_v1", "administrator_v1"],
  ["offline_enrollment_v1", "offline_enrollment_v1"],
  ["trust_monitor", "trust_monitor_v1"],
])("known covers what the simulator's %s sends, but for its deliberate news", async (name, stream) => {
  await using simulator = await startSimulator({
    seed: 3,
    users: 400,
    days: 7,
    nowMs: Date.UTC(2026, 2, 12),
  });
  const events = parseJson(JSON.stringify(simulator.ledger.expected(name))) as readonly Json[];
  expect(events.length).toBeGreaterThan(20);
  expect(driftOf(stream, events)).toEqual(NEWS[stream] ?? []);
});

test("known covers the account summary, and the events of both streams of every table with two", () => {
  expect(driftOf("info_summary", sampleEvents("summary"))).toEqual([]);
  for (const { table, first, second } of TWINS) {
    const [one, other] = LOG_TABLES.find(({ name }) => name === table)?.streams ?? [];
    expect([...driftOf(one?.name ?? "", [first]), ...driftOf(other?.name ?? "", [second])]).toEqual([]);
  }
});

test.each<[string, JsonObject, string]>([
  ["authentication_v2", { factor: "quantum_push" }, "value factor=quantum_push"],
  ["authentication_v2", { access_device: { new_thing: 1 } }, "field access_device.new_thing"],
  ["authentication_v2", { user: { groups: ["anything"], domain: "x" } }, "field user.domain"],
  ["activity_v2", { action: { name: "user_teleport", details: "{}" } }, "value action.name=user_teleport"],
  ["activity_v2", { actor: { type: "robot" } }, "value actor.type=robot"],
  ["administrator_v1", { action: "user_teleport" }, "value action=user_teleport"],
  ["offline_enrollment_v1", { action: "o2fa_user_moved" }, "value action=o2fa_user_moved"],
  ["telephony_v2", { context: "marketing" }, "value context=marketing"],
  ["telephony_v1", { telephony_id: "x" }, "field telephony_id"],
  ["trust_monitor_v1", { surfaced_auth: { result: "maybe" } }, "value surfaced_auth.result=maybe"],
  ["info_summary", { device_count: 4 }, "field device_count"],
])("%s: %j is news", (stream, event, found) => {
  expect(driftOf(stream, [event])).toEqual([found]);
});

import { describe, expect, test } from "vitest";
import type { RawEvent } from "../../simulator/streams.ts";
import type { App } from "../../src/app.ts";
import { addDrift, readDrift, sumDrift } from "../../src/pipeline/drift.ts";
import { DRIFT_PREFIX } from "../../src/pipeline/lane.ts";
import { pullAll } from "../../src/pull-all.ts";
import { NO_DIFFERENCE, startHarness } from "../support/pull-harness.ts";
import { pullerOf } from "../support/pullers-of.ts";

const AT = "2026-03-12T15:00:00.000Z";
const LATER = "2026-03-13T15:00:00.000Z";

test("drift is counted from commit to commit and keeps the time of its first sight", () => {
  const first = addDrift(undefined, new Map([["field a", 2]]), AT);
  const second = addDrift(
    first,
    new Map([
      ["field a", 3],
      ["value factor=x", 1],
    ]),
    LATER,
  );
  expect(readDrift(second)).toEqual([
    { what: "field a", count: 5, firstAt: AT },
    { what: "value factor=x", count: 1, firstAt: LATER },
  ]);
});

test("after a hundred kinds the others are counted as one", () => {
  const counts = new Map(Array.from({ length: 150 }, (_, i) => [`field f${i}`, 1]));
  const drift = readDrift(addDrift(undefined, counts, AT));
  expect(drift).toHaveLength(101);
  expect(drift.find(({ what }) => what === "others")?.count).toBe(50);
});

test("what several lanes found is summed, the most frequent first; a damaged property is passed over", () => {
  const a = addDrift(undefined, new Map([["field a", 2]]), LATER);
  const b = addDrift(
    undefined,
    new Map([
      ["field a", 1],
      ["field b", 9],
    ]),
    AT,
  );
  expect(sumDrift([a, "{", "[]", b])).toEqual([
    { what: "field b", count: 9, firstAt: AT },
    { what: "field a", count: 3, firstAt: AT },
  ]);
});

describe("the drift of a table", () => {
  const HOUR_MS = 3_600_000;
  const QUIET = { users: 10, days: 3, attacks: false };

  async function driftOf(app: App): Promise<readonly (readonly [string, number])[]> {
    const properties = (await app.lake.load("duo_auth"))?.properties ?? {};
    const texts = Object.entries(properties).filter(([key]) => key.startsWith(DRIFT_PREFIX));
    return sumDrift(texts.map(([, text]) => text)).map(({ what, count }) => [what, count]);
  }

  test("is counted once for each event, whatever reads it again, and the event is kept whole", async () => {
    await using harness = await startHarness({ tables: ["auth"], simulator: QUIET });
    const { simulator } = harness;
    const [usual] = simulator.ledger.expected("authentication_v2");
    const made = (name: string, atMs: number, more: object): RawEvent => ({
      ...usual,
      txid: name,
      timestamp: Math.floor(atMs / 1000),
      isotimestamp: new Date(atMs).toISOString().replace("Z", "+00:00"),
      ...more,
    });
    const nowMs = harness.clock.nowMs();
    const young = nowMs - HOUR_MS / 2;
    const fresh = { access_device: { ...(usual?.["access_device"] as object), aura: "green" } };
    simulator.inject("authentication_v2", [
      made("one", young, fresh),
      made("two", young, { ...fresh, factor: "quantum_push" }),
      made("three", nowMs - 30 * HOUR_MS, { factor: "quantum_push" }),
    ]);
    const app = await harness.start();
    const all = { sources: app.sources, wants: () => true };
    await pullAll(app, all);
    const live = [
      ["field access_device.aura", 2],
      ["value factor=quantum_push", 1],
    ];
    expect(await driftOf(app)).toEqual(live);

    simulator.clock.advance(600_000);
    await pullAll(app, all);
    await harness.pull();
    const puller = await pullerOf(app, "auth");
    expect((await puller.rereadDue({}))?.expected).toBeGreaterThan(2);
    expect(await driftOf(app)).toEqual(live);

    await puller.backfill({ sinceMs: nowMs - 48 * HOUR_MS });
    expect(await driftOf(app)).toEqual([
      ["field access_device.aura", 2],
      ["value factor=quantum_push", 2],
    ]);
    const whole = `SELECT event.original AS original FROM duo_auth WHERE event.original LIKE '%"aura":"green"%'`;
    expect(await harness.ask(whole)).toHaveLength(2);
    expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
  });

  test("does not count an event that stays a dead letter, however often it is read", async () => {
    await using harness = await startHarness({ tables: ["auth"], simulator: QUIET });
    let deep: unknown = "end";
    for (let level = 0; level < 120; level += 1) deep = [deep];
    const atMs = harness.clock.nowMs() - HOUR_MS / 2;
    const isotimestamp = new Date(atMs).toISOString().replace("Z", "+00:00");
    harness.simulator.inject("authentication_v2", [{ txid: "deep", isotimestamp, aura: deep }]);
    const app = await harness.start();
    await pullAll(app, { sources: app.sources, wants: () => true });
    harness.simulator.clock.advance(600_000);
    await harness.pull();
    await (await pullerOf(app, "auth")).rereadDue({});
    expect(await driftOf(app)).toEqual([]);
    expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
  });
});

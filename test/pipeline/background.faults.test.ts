import { expect, test } from "vitest";
import { rereadRange } from "../../src/pipeline/reread-range.ts";
import { pullAll } from "../../src/pull-all.ts";
import { type Harness, NO_DIFFERENCE, startHarness } from "../support/pull-harness.ts";
import { pullerOf } from "../support/pullers-of.ts";

const HOUR_MS = 3_600_000;
const MANY = { days: 5, attacks: false, eventsPerDay: { authentication: 600 } };
/** The first page of a thousand says that it is the last one, though more were promised. */
const EARLY_END = { kind: "missing_cursor", target: "authentication_v2" } as const;

async function propertyOf(harness: Harness, key: string): Promise<string> {
  const { lake } = await harness.start();
  return (await lake.load("duo_auth"))?.properties[key] ?? "";
}

test("a backfill whose log ends before as many events came as it promised fails, and reads the slice again", async () => {
  await using harness = await startHarness({ tables: ["auth"], simulator: MANY });
  await harness.pull();
  const puller = await pullerOf(await harness.start(), "auth");
  const sinceMs = harness.clock.nowMs() - 100 * HOUR_MS;
  harness.simulator.faults.add(EARLY_END);
  await expect(puller.backfill({ sinceMs })).rejects.toMatchObject({
    code: "duo_response_invalid",
    retryable: true,
  });
  expect(await propertyOf(harness, "duolake.backfill")).not.toContain('"from"');
  await puller.backfill({ sinceMs });
  expect(await propertyOf(harness, "duolake.backfill")).toContain('"from"');
  expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
}, 60_000);

test("a re-read whose log ends too early keeps what it found and is not noted as done", async () => {
  await using harness = await startHarness({
    tables: ["auth"],
    simulator: MANY,
    firstWindowMs: 60 * HOUR_MS,
  });
  await harness.pull();
  const nowMs = harness.clock.nowMs();
  const late = { txid: "late", isotimestamp: new Date(nowMs - 59 * HOUR_MS).toISOString() };
  harness.simulator.inject("authentication_v2", [late], { visibleAtMs: nowMs });
  const { context } = await pullerOf(await harness.start(), "auth");
  const range = { fromMs: nowMs - 70 * HOUR_MS, toMs: Infinity };
  const note = { dayRereadMs: nowMs };
  harness.simulator.faults.add(EARLY_END);
  await expect(rereadRange(context, range, { note })).rejects.toMatchObject({ code: "duo_response_invalid" });
  expect(await propertyOf(harness, "duolake.cursor")).not.toContain("day_reread");
  expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
  await rereadRange(context, range, { note });
  expect(await propertyOf(harness, "duolake.cursor")).toContain("day_reread");
}, 60_000);

test("a re-read that finds nothing missing but events without a time keeps each of them once", async () => {
  await using harness = await startHarness({
    tables: ["auth"],
    simulator: MANY,
    firstWindowMs: 20 * HOUR_MS,
  });
  await harness.pull();
  const nowMs = harness.clock.nowMs();
  const odd = [
    { response: [], note: 1 },
    { response: [], note: 2 },
  ];
  harness.simulator.inject("authentication_v2", odd, { atMs: nowMs - 9 * HOUR_MS, visibleAtMs: nowMs });
  const { context } = await pullerOf(await harness.start(), "auth");
  for (let i = 0; i < 2; i += 1)
    await rereadRange(context, { fromMs: nowMs - 15 * HOUR_MS, toMs: Infinity }, {});
  expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
}, 60_000);

test("a re-read of the older log that another program overtakes with a change-over tells each happening once", async () => {
  await using harness = await startHarness({
    tables: ["admin"],
    simulator: { days: 3, attacks: false, eventsPerDay: { administrator: 150 } },
    firstWindowMs: 6 * HOUR_MS,
  });
  const app = await harness.start();
  await harness.pull();
  harness.simulator.clock.advance(3 * HOUR_MS);
  const { context } = await pullerOf(app, "admin");
  const other = await harness.start();
  let isOvertaken = false;
  // Between the reading of the older log and the commit of what was missing the log ends, and the other program pulls.
  const exclusively: typeof context.exclusively = async (work) => {
    if (!isOvertaken) {
      isOvertaken = true;
      harness.simulator.retire("administrator_v1", { status: 410 });
      await pullAll(other, { sources: other.sources, wants: () => true });
    }
    return work();
  };
  const found = await rereadRange(
    { ...context, exclusively },
    { fromMs: harness.clock.nowMs() - 5 * HOUR_MS, toMs: Infinity },
    {},
  );
  expect([isOvertaken, found?.stream]).toEqual([true, "administrator_v1"]);
  expect(await harness.difference("admin")).toEqual(NO_DIFFERENCE);
}, 60_000);

test("what a re-read brought from beyond the watermark is told once when the older log ends then", async () => {
  await using harness = await startHarness({
    tables: ["admin"],
    simulator: { days: 3, attacks: false, eventsPerDay: { administrator: 150 } },
    firstWindowMs: 6 * HOUR_MS,
  });
  await harness.pull();
  harness.simulator.clock.advance(5 * HOUR_MS);
  const { context } = await pullerOf(await harness.start(), "admin");
  const range = { fromMs: harness.clock.nowMs() - 8 * HOUR_MS, toMs: Infinity };
  expect((await rereadRange(context, range, {}))?.healed).toBeGreaterThan(5);
  harness.simulator.retire("administrator_v1", { status: 410 });
  for (let i = 0; i < 3; i += 1) {
    await harness.pull();
    harness.simulator.clock.advance(HOUR_MS / 2);
  }
  const [last] = await harness.pull();
  expect(last).toMatchObject({ stream: "activity_v2", error: undefined });
  expect(await harness.difference("admin")).toEqual(NO_DIFFERENCE);
}, 60_000);

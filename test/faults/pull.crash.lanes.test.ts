import { expect, test } from "vitest";
import type { App } from "../../src/app.ts";
import type { JsonObject } from "../../src/core/json.ts";
import type { Mapped } from "../../src/duo/tables/table.ts";
import { replayLetters } from "../../src/pipeline/replay-letters.ts";
import { replayRows } from "../../src/pipeline/replay-rows.ts";
import { rereadRange } from "../../src/pipeline/reread-range.ts";
import { createTablePuller } from "../../src/pipeline/table-puller.ts";
import { pullAll } from "../../src/pull-all.ts";
import { dyingStore } from "../support/faulty-store.ts";
import { type Harness, NO_DIFFERENCE, startHarness } from "../support/pull-harness.ts";
import { pullerOf } from "../support/pullers-of.ts";
import { remapped } from "../support/remapped.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const FEW = {
  days: 5,
  attacks: false,
  eventsPerDay: { authentication: 40, administrator: 40, activity: 40, offlineEnrollment: 10 },
};
/** More steps than any of the works has; a work that needs more never ends. */
const STEP_COUNT_MAX = 60;

/**
 * Lets a program do its work again and again, killed at its first change of the disk, at its second and so on, until it gets
 * through. What a kill leaves is what the next one starts from.
 *
 * @param prepare makes sure that there is something to do
 * @returns how many changes the work makes
 */
async function killAtEveryChange(
  harness: Harness,
  {
    prepare,
    work,
  }: { readonly prepare: (step: number) => unknown; readonly work: (app: App) => Promise<unknown> },
): Promise<number> {
  for (let diesAt = 1; diesAt <= STEP_COUNT_MAX; diesAt += 1) {
    await prepare(diesAt);
    const { store, count } = dyingStore(diesAt, { isHeard: false, among: "changes" });
    await work(await harness.start({ store })).catch(() => "killed");
    if (count() < diesAt) return diesAt - 1;
  }
  throw new Error("Cannot kill at every change: the work never gets through");
}

test("a program killed at any change of a backfill's slices loses and repeats nothing", async () => {
  await using harness = await startHarness({ tables: ["auth"], simulator: FEW, batchRowCountMax: 15 });
  await harness.pull();
  let hours = 24;
  const back = async (app: App): Promise<unknown> =>
    (await pullerOf(app, "auth")).backfill({ sinceMs: harness.clock.nowMs() - hours * HOUR_MS });
  const prepare = (): void => {
    hours += 5;
  };
  expect(await killAtEveryChange(harness, { prepare, work: back })).toBeGreaterThan(4);
  await back(await harness.start());
  expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
}, 60_000);

test("a program killed at any change of a re-read that heals loses and repeats nothing", async () => {
  await using harness = await startHarness({ tables: ["auth"], simulator: FEW });
  await harness.pull();
  const reread = async (app: App): Promise<unknown> => {
    const { context } = await pullerOf(app, "auth");
    return rereadRange(context, { fromMs: harness.clock.nowMs() - 20 * HOUR_MS, toMs: Infinity }, {});
  };
  const prepare = (step: number): void => injectLate(harness, step);
  expect(await killAtEveryChange(harness, { prepare, work: reread })).toBeGreaterThan(4);
  await reread(await harness.start());
  expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
}, 60_000);

test("a program killed at any change of a change-over tells each happening once", async () => {
  let stepCount = 0;
  for (let diesAt = 1; diesAt <= stepCount + 1; diesAt += 1) {
    await using harness = await startHarness({
      tables: ["admin"],
      simulator: FEW,
      firstWindowMs: 6 * HOUR_MS,
    });
    await harness.pull();
    harness.simulator.clock.advance(2 * HOUR_MS);
    harness.simulator.retire("administrator_v1", { status: 410 });
    const { store, count } = dyingStore(diesAt, { isHeard: false, among: "changes" });
    const app = await harness.start({ store });
    await pullAll(app, { sources: app.sources, wants: () => true });
    stepCount = Math.max(stepCount, count());
    const [result] = await harness.pull();
    expect(result).toMatchObject({ stream: "activity_v2", error: undefined });
    expect(await harness.difference("admin"), `killed at change ${diesAt}`).toEqual(NO_DIFFERENCE);
  }
  expect(stepCount).toBeGreaterThan(4);
}, 60_000);

test("a program killed at any change of a replay of rows keeps each event once", async () => {
  await using harness = await startHarness({ tables: ["auth"], simulator: FEW });
  await harness.pull();
  let round = 0;
  const replay = async (app: App): Promise<unknown> => {
    const { context } = await pullerOf(app, "auth");
    return replayRows(
      remapped(context, (mapped) => marked(mapped, round)),
      {},
    );
  };
  const prepare = (step: number): void => {
    round = step;
  };
  expect(await killAtEveryChange(harness, { prepare, work: replay })).toBeGreaterThan(3);
  expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
  const [rows] = await harness.ask("SELECT count(DISTINCT event.hash) AS n, count(*) AS m FROM duo_auth");
  expect(rows?.["n"]).toEqual(rows?.["m"]);
}, 60_000);

test("a program killed at any change of a replay of dead letters keeps each event once", async () => {
  await using harness = await startHarness({ tables: ["auth"], simulator: FEW });
  await harness.pull();
  const replay = async (app: App): Promise<unknown> => {
    const { context } = await pullerOf(app, "auth");
    return replayLetters(context, await app.lake.load("duo_dead_letter"), {});
  };
  const prepare = async (step: number): Promise<void> => {
    harness.simulator.inject("authentication_v2", [
      signIn(harness.clock.nowMs() - 5 * MINUTE_MS, `letter-${step}`),
    ]);
    const { context } = await pullerOf(await harness.start(), "auth");
    await createTablePuller(remapped(context, () => ({ kind: "rejected", reason: "made_up" }))).pull();
    harness.simulator.clock.advance(MINUTE_MS);
  };
  expect(await killAtEveryChange(harness, { prepare, work: replay })).toBeGreaterThan(6);
  expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
  const letters = await harness.ask("SELECT CAST(count(*) AS INT) AS n FROM duo_dead_letter");
  expect(letters).toEqual([{ n: 0 }]);
}, 60_000);

test("a program killed at any change of a new account's first commits loses and repeats nothing", async () => {
  let stepCount = 0;
  for (let diesAt = 1; diesAt <= stepCount + 1; diesAt += 1) {
    await using harness = await startHarness({
      tables: ["auth"],
      source: { accounts: "all" },
      simulator: { ...FEW, children: [{ name: "First" }] },
      firstWindowMs: 6 * HOUR_MS,
    });
    await harness.pull();
    harness.simulator.addChild({ name: "New" });
    const { store, count } = dyingStore(diesAt, { isHeard: false, among: "changes" });
    const app = await harness.start({ store });
    await pullAll(app, { sources: app.sources, wants: () => true });
    stepCount = Math.max(stepCount, count());
    const results = await harness.pull();
    expect(results.map(({ error }) => error)).toEqual([undefined, undefined]);
    for (const { accountId, name } of harness.simulator.children) {
      const difference = await harness.difference("auth", accountId);
      expect(difference, `${name}, killed at change ${diesAt}`).toEqual(NO_DIFFERENCE);
    }
  }
  expect(stepCount).toBeGreaterThan(4);
}, 60_000);

/** An event that comes to light far behind the look-back. */
function injectLate({ simulator, clock }: Harness, step: number): void {
  const event = signIn(clock.nowMs() - 9 * HOUR_MS, `late-${step}`);
  simulator.inject("authentication_v2", [event], { visibleAtMs: clock.nowMs() });
  simulator.clock.advance(MINUTE_MS);
}

function signIn(atMs: number, txid: string): Record<string, unknown> {
  const timestamp = Math.floor(atMs / 1000);
  const isotimestamp = `${new Date(timestamp * 1000).toISOString().slice(0, -1)}000+00:00`;
  return { txid, isotimestamp, timestamp, result: "success" };
}

/** A row that is another one in each round. */
function marked(mapped: Mapped, round: number): Mapped {
  if (mapped.kind !== "row") return mapped;
  const event = { ...(mapped.row["event"] as JsonObject), reason: `round ${round}` };
  return { ...mapped, row: { ...mapped.row, event } };
}

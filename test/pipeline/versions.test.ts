import { expect, test } from "vitest";
import { pullAll } from "../../src/pull-all.ts";
import { NO_DIFFERENCE, startHarness } from "../support/pull-harness.ts";
import { pullerOf } from "../support/pullers-of.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const QUIET = { users: 10, days: 40, attacks: false };

test("each state of a Trust Monitor event that Duo served is one row, and the last one is told by the view", async () => {
  await using harness = await startHarness({ tables: ["trust_monitor"], simulator: QUIET });
  const { simulator } = harness;
  const surfacedMs = harness.clock.nowMs() - 5 * HOUR_MS;
  const event = { sekey: "SEMADE", surfaced_timestamp: surfacedMs, state: "new", type: "auth" };
  simulator.inject("trust_monitor", [event, { ...event, sekey: "SESTAYS" }]);
  const app = await harness.start();
  const pull = (): Promise<unknown> => pullAll(app, { sources: app.sources, wants: () => true });
  const puller = await pullerOf(app, "trust_monitor");
  await pull();
  for (const interesting of [true, false]) {
    simulator.clock.advance(2 * DAY_MS);
    simulator.inject.trustMonitorChange("SEMADE", {
      state: "processed",
      triaged_as_interesting: interesting,
    });
    await pull();
    const reread = await puller.rereadDue({});
    expect(reread?.healed).toBeGreaterThanOrEqual(1);
  }
  simulator.clock.advance(DAY_MS);
  await pull();
  await puller.rereadDue({});
  expect(await harness.difference("trust_monitor")).toEqual(NO_DIFFERENCE);

  const states = `SELECT duo.trust_monitor.state AS state, duo.trust_monitor.triaged_as_interesting AS interesting
    FROM duo_trust_monitor WHERE event.id = 'SEMADE' ORDER BY event.created`;
  const versions = [
    { state: "new", interesting: null },
    { state: "processed", interesting: true },
    { state: "processed", interesting: false },
  ];
  expect(await harness.ask(states)).toEqual(versions);
  expect(
    await harness.ask(states.replace("duo_trust_monitor WHERE", "duo_trust_monitor_latest WHERE")),
  ).toEqual(versions.slice(-1));
  const [counts] = await harness.ask(
    "SELECT CAST(count(*) AS INT) AS rows, CAST(count(DISTINCT event.id) AS INT) AS events FROM duo_trust_monitor_latest",
  );
  expect(counts?.["rows"]).toBe(counts?.["events"]);
  expect(counts?.["rows"]).toBeGreaterThan(1);
});

test("changes of weeks, as they come, are each a row once; re-reads reach back far enough", async () => {
  await using harness = await startHarness({
    tables: ["trust_monitor"],
    simulator: { ...QUIET, trustMonitorChangeShare: 0.5 },
  });
  const app = await harness.start();
  const puller = await pullerOf(app, "trust_monitor");
  const { simulator } = harness;
  for (let day = 0; day < 20; day += 1) {
    await pullAll(app, { sources: app.sources, wants: () => true });
    await puller.rereadDue({});
    simulator.clock.advance(DAY_MS);
  }
  expect(await harness.difference("trust_monitor")).toEqual(NO_DIFFERENCE);
  const table = await app.lake.load("duo_trust_monitor");
  const { start } = JSON.parse(table?.properties["duolake.cursor"] ?? "{}") as { start: string };
  const asOfMs = harness.clock.nowMs() - DAY_MS - 1;
  const last = simulator.ledger.expected("trust_monitor", { fromMs: Date.parse(start), asOfMs });
  const changed = last.filter(({ state_updated_timestamp: at }) => typeof at === "number");
  expect(changed.length).toBeGreaterThan(5);
  const stored = await harness.ask(
    `SELECT event.id AS id, event.original AS original FROM duo_trust_monitor_latest`,
  );
  const latest = new Map(stored.map(({ id, original }) => [id, JSON.parse(String(original)) as object]));
  for (const event of last) expect(latest.get(event["sekey"])).toEqual(event);
});

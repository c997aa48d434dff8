import { expect, test } from "vitest";
import type { App } from "../../src/app.ts";
import type { Clock } from "../../src/core/clock.ts";
import { pullAll } from "../../src/pull-all.ts";
import { NO_DIFFERENCE, startHarness } from "../support/pull-harness.ts";
import { pullerOf } from "../support/pullers-of.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const FEW = { days: 5, attacks: false, eventsPerDay: { authentication: 80 } };

test("a wrong clock is found out, and requests are signed with Duo's time", async () => {
  await using harness = await startHarness({ tables: ["auth"] });
  const [result] = await pulled(await harness.start({ clock: wrongClock(harness.clock, 3 * HOUR_MS) }));
  expect(result?.error).toBeUndefined();
  expect(result?.watermarkMs).toBeLessThanOrEqual(harness.clock.nowMs() - 120_000);
  await harness.pull();
  expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
}, 60_000);

test("a clock that was set back a day loses and repeats nothing", async () => {
  await using harness = await startHarness({ tables: ["auth"], simulator: { skewToleranceMs: Infinity } });
  await harness.pull();
  await pulled(await harness.start({ clock: wrongClock(harness.clock, -24 * HOUR_MS) }));
  harness.simulator.clock.advance(10 * MINUTE_MS);
  await harness.pull();
  expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
}, 60_000);

test.each([
  {
    name: "back and forward by hours",
    offsMs: [0, -7 * HOUR_MS, 5 * HOUR_MS, 0, -30 * HOUR_MS, 30 * HOUR_MS, 0],
  },
  { name: "by less than Duo minds", offsMs: [0, 4 * MINUTE_MS, -4 * MINUTE_MS, 3 * MINUTE_MS, 0] },
])(
  "a clock set $name between the pulls of one program loses and repeats nothing",
  async ({ offsMs }) => {
    await using harness = await startHarness({ tables: ["auth"], simulator: FEW });
    const clock = wrongClock(harness.clock, 0);
    const app = await harness.start({ clock });
    for (const offMs of [...offsMs, ...offsMs]) {
      clock.offMs = offMs;
      await pulled(app);
      harness.simulator.clock.advance(40 * MINUTE_MS);
    }
    await harness.pull();
    expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
  },
  60_000,
);

test("a clock set back or forward at any reading of it during a pull and a backfill loses and repeats nothing", async () => {
  await using harness = await startHarness({ tables: ["auth"], simulator: FEW, batchRowCountMax: 20 });
  await harness.pull();
  for (let reading = 1; reading <= 12; reading += 1) {
    harness.simulator.clock.advance(20 * MINUTE_MS);
    const clock = wrongClock(harness.clock, 0);
    clock.setAt = { reading, offMs: (reading % 2 === 0 ? 1 : -1) * (reading % 3 === 0 ? 26 : 2) * HOUR_MS };
    const app = await harness.start({ clock });
    await pulled(app);
    const sinceMs = harness.clock.nowMs() - (24 + reading) * HOUR_MS;
    // A date that Duo refuses is mended on the way, or the next backfill does it.
    await (await pullerOf(app, "auth")).backfill({ sinceMs }).catch(() => undefined);
  }
  const [result] = await harness.pull();
  expect(result?.error).toBeUndefined();
  const last = await pullerOf(await harness.start(), "auth");
  await last.backfill({ sinceMs: harness.clock.nowMs() - 60 * HOUR_MS });
  expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
}, 60_000);

test("a table that was begun with a clock hours ahead is backfilled no further than Duo has got", async () => {
  await using harness = await startHarness({ tables: ["auth"], simulator: FEW, firstWindowMs: HOUR_MS });
  const ahead = await harness.start({ clock: wrongClock(harness.clock, 6 * HOUR_MS) });
  await pulled(ahead);
  const sinceMs = harness.clock.nowMs() - 48 * HOUR_MS;
  await (await pullerOf(ahead, "auth")).backfill({ sinceMs });
  harness.simulator.clock.advance(9 * HOUR_MS);
  await harness.pull();
  await (await pullerOf(await harness.start(), "auth")).backfill({ sinceMs });
  await harness.pull();
  const start = await harness.ask("SELECT min(ts) AS ts FROM duo_auth");
  expect(Date.parse(String(start[0]?.["ts"]))).toBeLessThan(sinceMs + 6 * HOUR_MS);
  expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
}, 60_000);

interface WrongClock extends Clock {
  offMs: number;
  /** From its reading of that number on it is off by so much. */
  setAt: { readonly reading: number; readonly offMs: number } | undefined;
}

/** This machine's clock, off from Duo's. */
function wrongClock(base: Clock, offMs: number): WrongClock {
  let readings = 0;
  const clock: WrongClock = {
    offMs,
    setAt: undefined,
    nowMs: () => {
      readings += 1;
      if (clock.setAt?.reading === readings) clock.offMs = clock.setAt.offMs;
      return base.nowMs() + clock.offMs;
    },
    sleep: base.sleep,
  };
  return clock;
}

function pulled(app: App): ReturnType<typeof pullAll> {
  return pullAll(app, { sources: app.sources, wants: () => true });
}

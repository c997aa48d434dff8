import type { FaultRule } from "../../simulator/faults.ts";
import type { StreamName } from "../../simulator/streams.ts";
import type { App } from "../../src/app.ts";
import type { Clock } from "../../src/core/clock.ts";
import { errorText } from "../../src/core/errors.ts";
import { rereadRange } from "../../src/pipeline/reread-range.ts";
import { pullAll } from "../../src/pull-all.ts";
import type { Schedule, Step } from "./fault-schedule.ts";
import { type Difference, type EventTable, type Harness, startHarness } from "./pull-harness.ts";
import { pullerOf } from "./pullers-of.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** The company had its events since then; a backfill that wants more finds less. */
const HISTORY_HOURS = 84;
const EVENTS_PER_DAY = 70;

/** How a schedule ended. */
export interface ScheduleOutcome {
  readonly difference: Difference;
  /** Failures after all faults were taken away: there should be none. */
  readonly errors: readonly string[];
  /** Requests that a fault hit. */
  readonly faultCount: number;
}

/** Plays a schedule, takes the faults away, finishes pull and backfill, and compares the lake with the ledger. */
export async function runSchedule(schedule: Schedule): Promise<ScheduleOutcome> {
  await using harness = await startScheduled(schedule);
  const clock = offsetClock(harness.clock);
  const player: Player = { harness, schedule, clock, app: await harness.start({ clock }), odd: 0 };
  for (const step of schedule.steps) await play(player, step);
  const { simulator } = harness;
  const faultCount = simulator.ledger.requests().filter(({ fault }) => isWanted(fault)).length;
  simulator.faults.clear();
  clock.offMs = 0;
  simulator.clock.advance(5 * MINUTE_MS);
  const errors: string[] = [];
  const app = await harness.start();
  const pull = async (): Promise<void> => {
    for (const { error } of await pulled(app)) if (error) errors.push(error.message);
  };
  await pull();
  try {
    await (
      await pullerOf(app, schedule.feed.table)
    ).backfill({ sinceMs: harness.clock.nowMs() - HISTORY_HOURS * HOUR_MS });
  } catch (error) {
    errors.push(errorText(error));
  }
  // The last pull asks but once and waits for nothing, so nothing comes to light behind its back.
  simulator.clock.advance(20 * MINUTE_MS);
  await pull();
  const difference = await harness.difference(schedule.feed.table as EventTable);
  return { difference, errors, faultCount };
}

interface Player {
  readonly harness: Harness;
  readonly schedule: Schedule;
  readonly clock: Clock & { offMs: number };
  app: App;
  odd: number;
}

function startScheduled({ feed, batchRowCountMax }: Schedule): Promise<Harness> {
  const rate = EVENTS_PER_DAY;
  return startHarness({
    tables: [feed.table],
    batchRowCountMax,
    simulator: {
      users: 30,
      days: 4,
      attacks: false,
      eventsPerDay: {
        authentication: rate,
        administrator: rate,
        telephony: rate,
        offlineEnrollment: rate,
        activity: rate,
        trustMonitor: rate,
      },
      ...(feed.retired && { retired: feed.retired }),
    },
    firstWindowMs: 8 * HOUR_MS,
    ...(feed.source && { source: feed.source }),
  });
}

/** The machine's clock, which may be wrong; the simulator's is Duo's. */
function offsetClock(base: Clock): Player["clock"] {
  const clock = { offMs: 0, nowMs: () => base.nowMs() + clock.offMs, sleep: base.sleep };
  return clock;
}

async function play(player: Player, step: Step): Promise<void> {
  const { harness, clock, schedule } = player;
  const { simulator } = harness;
  const fresh = (): Promise<App> => harness.start({ clock });
  switch (step.do) {
    case "advance":
      simulator.clock.advance(step.minutes * MINUTE_MS);
      break;
    case "faults":
      simulator.faults.clear();
      simulator.faults.add(...step.rules, ...smallPages(schedule));
      break;
    case "pull":
      await pulled(player.app);
      break;
    case "restart and pull":
      player.app = await fresh();
      await pulled(player.app);
      break;
    case "two pulls":
      await Promise.all([pulled(player.app), pulled(await fresh())]);
      break;
    case "backfill":
      await backfilled(player.app, player, step);
      break;
    case "two backfills and a pull":
      await Promise.all([
        backfilled(player.app, player, step),
        backfilled(await fresh(), player, step),
        pulled(player.app),
      ]);
      break;
    case "reread":
      await reread(player.app, player, step.hours);
      break;
    case "reread and pull":
      await Promise.all([reread(player.app, player, step.hours), pulled(await fresh())]);
      break;
    case "clock":
      clock.offMs = step.offMinutes * MINUTE_MS;
      break;
    case "retire":
      simulator.retire(schedule.feed.target, { status: step.status });
      break;
    case "odd events":
      injectOdd(player, step.count);
      break;
  }
}

/** Behind the faults: every page of a log with cursors is a short one, so that few events have many pages. */
function smallPages({ feed, pageRowCount }: Schedule): FaultRule[] {
  if (feed.paging === "list") return [];
  return [{ kind: "short_page", rows: pageRowCount, times: 0, target: feed.target }];
}

function isWanted(fault: string | null): boolean {
  return fault !== null && fault !== "short_page";
}

function pulled(app: App): ReturnType<typeof pullAll> {
  return pullAll(app, { sources: app.sources, wants: () => true });
}

/** Failures are what the faults are for; only the end counts. */
async function backfilled(
  app: App,
  { harness, schedule }: Player,
  { hours, stopAfter = Infinity }: { readonly hours: number; readonly stopAfter?: number },
): Promise<void> {
  const puller = await pullerOf(app, schedule.feed.table);
  const stop = new AbortController();
  let left = stopAfter;
  const onProgress = (): void => {
    left -= 1;
    if (left <= 0) stop.abort();
  };
  const sinceMs = harness.clock.nowMs() - Math.min(hours, HISTORY_HOURS) * HOUR_MS;
  await puller.backfill({ sinceMs, onProgress, signal: stop.signal }).catch(expectKnown);
}

async function reread(app: App, { harness, schedule }: Player, hours: number): Promise<void> {
  const puller = await pullerOf(app, schedule.feed.table);
  const fromMs = harness.clock.nowMs() - hours * HOUR_MS;
  await rereadRange(puller.context, { fromMs, toMs: Infinity }, {}).catch(expectKnown);
}

/** A failure of the program's own kind is told; anything else is a bug. */
function expectKnown(error: unknown): void {
  const code = (error as { readonly code?: unknown }).code;
  if (typeof code !== "string" || code === "internal") throw error;
}

function injectOdd(player: Player, count: number): void {
  const { harness, schedule } = player;
  const { target, paging } = schedule.feed;
  // Trust Monitor counts by what was served; and what only a log that is switched off tells is nobody's to bring.
  if (paging === "offset" || schedule.steps.some((step) => step.do === "retire")) return;
  const events = Array.from({ length: count }, () => {
    player.odd += 1;
    return { note: player.odd, response: [] };
  });
  harness.simulator.inject(target as StreamName, events, { atMs: harness.clock.nowMs() - 10 * MINUTE_MS });
}

import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Simulator } from "../simulator/simulator.ts";
import { startSimulator } from "../simulator/simulator.ts";
import { createRandom } from "../simulator/dataset/random.ts";
import { createApp } from "../src/app.ts";
import { loadDirectory } from "../src/cli/load-context.ts";
import { median } from "../bench/measurement.ts";
import { type ComparedTable, compareTable } from "./compare.ts";
import { type SoakDaemon, startSoakDaemon } from "./daemon.ts";
import { CHILD_TABLES, MAIN_TABLES, writeDirectory } from "./directory.ts";
import { lakeSize } from "./lake-size.ts";
import type { SoakOptions } from "./options.ts";
import { createOtherRules, type OtherRules } from "./other-rules.ts";
import { reportText } from "./report.ts";
import { createSchedule, type Schedule, type Step } from "./schedule.ts";
import { createTally, type Tally } from "./tally.ts";
import { createVirtualClock, type VirtualClock } from "./virtual-clock.ts";

const START_MS = Date.UTC(2026, 2, 2, 9);
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const BACKFILL_DAYS = 30;
const CATCH_UP_PULLS = 6;
/** Loops wake together where they are due within this. */
const TICK_MS = 30_000;
const PROVIDER = {
  integrationKey: "DISOAKPROVIDER000001",
  secretKey: "soakprovidersecretkey0000000000000000001",
};
const V1_LOGS = { administrator_v1: 404, offline_enrollment_v1: 410, telephony_v1: 404 } as const;
/** So many pulls at either end are measured. */
const PULLS_MEASURED = 300;

/** Everything that a run has in its hands. */
interface World {
  readonly options: SoakOptions;
  readonly simulator: Simulator;
  readonly clock: VirtualClock;
  readonly schedule: Schedule;
  readonly dir: string;
  readonly env: Record<string, string | undefined>;
  readonly tally: Tally;
  readonly others: readonly OtherRules[];
  readonly pullMs: number[];
  readonly tooLate: Set<string>;
  daemon: SoakDaemon;
  readonly done: { startCount: number; stepCount: number };
}

/**
 * Runs the daemon through days of trouble, then compares every table with the simulator's ledger.
 *
 * @param say gets a line for each virtual day, and the report
 * @returns whether nothing was lost and nothing repeated
 */
export async function soak(
  options: SoakOptions,
  say: (text: string) => void,
): Promise<{ readonly isClean: boolean }> {
  const startedMs = performance.now();
  await using simulator = await startSimulator({
    users: options.users,
    seed: options.seed,
    days: BACKFILL_DAYS + 1,
    nowMs: START_MS,
    accountsApplication: PROVIDER,
    children: [smallAccount(options), smallAccount(options)],
    lateDelivery: { share: 0.02, upToMs: 15 * 3_600_000 },
    trustMonitorChangeShare: 0.5,
    rateLimit: { requestsPerMinute: 60 },
  });
  const world = await createWorld(options, simulator);
  const seconds = (): string => ((performance.now() - startedMs) / 1000).toFixed(0);
  try {
    for (let day = 1; day <= options.days; day += 1) {
      await runTo(world, START_MS + day * DAY_MS);
      await maintain(world, say);
      say(`${dayLine(world, day)}, ${seconds()} s\n`);
    }
    const asOfMs = await sleepAWeek(world);
    const compared = await compareAll(world, asOfMs);
    const { tally, others, pullMs } = world;
    const size = await lakeSize(join(world.dir, "lake"));
    const range = { fromMs: START_MS, toMs: START_MS + options.days * DAY_MS };
    const timed = {
      first: median(pullMs.slice(0, PULLS_MEASURED)),
      last: median(pullMs.slice(-PULLS_MEASURED)),
    };
    say(
      `\n${reportText({ compared, tally, others, range, size, pullMs: timed })}\n${seconds()} s, ${world.done.startCount} starts\n`,
    );
    const isClean = compared.every(
      ({ lost, repeated, problem }) => lost.length + repeated.length === 0 && problem === undefined,
    );
    if (isClean) await rm(world.dir, { recursive: true, force: true });
    else say(`NOT CLEAN; the lake is left in ${world.dir}\n`);
    return { isClean };
  } finally {
    await world.daemon.end();
  }
}

function smallAccount({ users }: SoakOptions): { readonly users: number; readonly days: number } {
  return { users: Math.max(1, Math.floor(users / 10)), days: BACKFILL_DAYS + 1 };
}

/** A program that died maintains nothing; whatever else goes wrong is told. */
async function maintain({ daemon }: World, say: (text: string) => void): Promise<void> {
  if (daemon.isDead()) return;
  for (const { resolvedName, error } of await daemon.maintain()) {
    say(`maintenance of ${resolvedName} failed: ${error?.code} ${error?.message}\n`);
  }
}

async function createWorld(options: SoakOptions, simulator: Simulator): Promise<World> {
  const schedule = createSchedule(START_MS, options);
  simulator.faults.add(
    ...schedule.faults,
    // A few come up to six days late, from the first day on.
    { kind: "late_rows", share: 0.002, lateByMs: 5.75 * DAY_MS },
  );
  const dir = await writeDirectory(simulator, {
    providerKey: PROVIDER.integrationKey,
    backfillDays: BACKFILL_DAYS,
  });
  const env = {
    DUOLAKE_DUO_ENDPOINT_URL: simulator.url,
    DUOLAKE_SECRET_KEY_DUO: simulator.secretKey(),
    DUOLAKE_SECRET_KEY_DUO_MSP: PROVIDER.secretKey,
  };
  const world = {
    options,
    simulator,
    clock: createVirtualClock(simulator.clock),
    schedule,
    dir,
    env,
    tally: createTally(),
    others: createOtherRules(simulator, { startMs: START_MS, outages: schedule.outages }),
    pullMs: [],
    tooLate: new Set<string>(),
    done: { startCount: 0, stepCount: 0 },
  };
  return { ...world, daemon: await start(world) };
}

async function start({ options, dir, env, clock, tally, done }: Omit<World, "daemon">): Promise<SoakDaemon> {
  done.startCount += 1;
  const { observer, onResult, onBackground } = tally;
  const intervalMs = options.intervalMin * MINUTE_MS;
  const daemon = await startSoakDaemon({ dir, env, clock, observer, onResult, onBackground, intervalMs });
  await daemon.settled();
  return daemon;
}

async function restart(world: World): Promise<void> {
  await end(world);
  world.daemon = await start(world);
}

async function end({ daemon, pullMs }: World): Promise<void> {
  await daemon.end();
  pullMs.push(...daemon.pullMs);
}

/** Lets time pass until an instant: wakes the daemon's loops and does what the schedule asks for. */
async function runTo(world: World, untilMs: number): Promise<void> {
  const { simulator, clock, schedule, others } = world;
  for (;;) {
    const step = schedule.steps[world.done.stepCount];
    const wakeMs = Math.ceil(clock.nextWakeMs() / TICK_MS) * TICK_MS;
    const nextMs = Math.min(wakeMs, step?.atMs ?? Infinity, untilMs);
    clock.advanceTo(nextMs);
    await world.daemon.settled();
    for (const other of others) other.runTo(simulator.clock.nowMs());
    if (world.daemon.isDead()) await restart(world);
    if (step !== undefined && simulator.clock.nowMs() >= step.atMs) await take(world, step);
    else if (simulator.clock.nowMs() >= untilMs) return;
  }
}

async function take(world: World, step: Step): Promise<void> {
  const { simulator, clock, options, env } = world;
  world.done.stepCount += 1;
  switch (step.kind) {
    case "rotate key":
      simulator.setSecretKey(createRandom(`${options.seed}/key/${step.atMs}`).key("SK").repeat(2));
      return;
    case "store key":
      env["DUOLAKE_SECRET_KEY_DUO"] = simulator.secretKey();
      return;
    case "restart":
      return restart(world);
    case "crash":
      world.daemon.dieAt(step.operation, step.isAfter);
      return;
    case "clock":
      clock.setOffset(step.offsetMs);
      return;
    case "too late":
      return injectTooLate(world, step);
    case "add child":
      simulator.addChild(smallAccount(options));
      return;
    case "retire v1":
      for (const [stream, status] of Object.entries(V1_LOGS)) simulator.retire(stream, { status });
  }
}

/** A login like the one before it, under an id of its own. */
function injectTooLate(
  { simulator, tooLate }: World,
  { atMs, lateByMs }: Step & { readonly kind: "too late" },
): void {
  const { ledger, inject } = simulator;
  const before = ledger.expected("authentication_v2", { fromMs: atMs - DAY_MS }).at(-1);
  const isotimestamp = new Date(atMs).toISOString().replace("Z", "000+00:00");
  const event = { ...before, txid: randomUUID(), isotimestamp, timestamp: Math.floor(atMs / 1000) };
  inject("authentication_v2", [event], { visibleAtMs: atMs + lateByMs });
  tooLate.add(ledger.identity("authentication_v2", event));
}

/**
 * The program does not run for a week, in which everything that was late has come; then it runs until it has caught up and read
 * again what is due.
 *
 * @returns when it was started: what Duo showed by then must be in the lake
 */
async function sleepAWeek(world: World): Promise<number> {
  const { simulator, clock } = world;
  await end(world);
  clock.setOffset(0);
  clock.advanceTo(simulator.clock.nowMs() + 7 * DAY_MS);
  for (const other of world.others) other.runTo(START_MS + world.options.days * DAY_MS);
  const asOfMs = simulator.clock.nowMs();
  world.daemon = await start(world);
  await runTo(world, simulator.clock.nowMs() + CATCH_UP_PULLS * world.options.intervalMin * MINUTE_MS);
  return asOfMs;
}

async function compareAll(world: World, asOfMs: number): Promise<ComparedTable[]> {
  const { simulator, clock, dir, env, tooLate } = world;
  await using app = await createApp({ config: await loadDirectory(dir), clock: clock.inside, env });
  const { lake } = app;
  const sinceMs = START_MS - BACKFILL_DAYS * DAY_MS;
  const common = { simulator, lake, asOfMs, sinceMs, tooLate };
  const compared: ComparedTable[] = [];
  for (const table of MAIN_TABLES) {
    compared.push(await compareTable({ ...common, source: "duo", table, accountId: undefined }));
  }
  for (const { accountId } of simulator.children) {
    for (const table of CHILD_TABLES) {
      compared.push(await compareTable({ ...common, source: "duo_msp", table, accountId }));
    }
  }
  return compared;
}

function dayLine({ tally, simulator, schedule }: World, day: number): string {
  const nowMs = simulator.clock.nowMs();
  const steps = schedule.steps
    .filter(({ atMs }) => atMs > nowMs - DAY_MS && atMs <= nowMs)
    .map(({ kind }) => kind);
  const failures = [...tally.failures.values()].reduce((sum, count) => sum + count, 0);
  return `day ${day}: ${tally.requestCount()} requests, ${tally.limitedCount()} answered 429, ${failures} failures; ${steps.join(", ")}`;
}

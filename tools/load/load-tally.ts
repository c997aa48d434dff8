import type { Handled } from "./accounts.ts";
import type { LoadPlan } from "./load-plan.ts";

/** One hour of a simulation. */
export interface LoadHour {
  readonly hour: number;
  readonly sentCount: number;
  readonly invocationCount: number;
  readonly coldStartCount: number;
  readonly lambdaSeconds: number;
  readonly visitCount: number;
  /** Of the visits, those whose tables had to be opened. */
  readonly openedCount: number;
  readonly leftAloneCount: number;
  readonly commitCount: number;
  readonly depthMax: number;
  readonly oldestAgeSecondsMax: number;
  readonly busyMax: number;
  /** From one good visit of an account to the next. */
  readonly gapSeconds: { readonly median: number; readonly p99: number; readonly max: number };
}

/** What a simulation came to. */
export interface LoadReport {
  readonly hours: readonly LoadHour[];
  readonly total: Omit<LoadHour, "hour">;
  readonly deadCount: number;
  readonly expiredCount: number;
  readonly deduplicatedCount: number;
  /** The longest that an account had gone without a good visit at the end. */
  readonly waitSecondsMax: number;
}

/** Counts while a simulation runs. Times are ms after its beginning. */
export interface LoadTally {
  readonly sent: (nowMs: number, messageCount: number) => void;
  readonly invoked: (
    nowMs: number,
    run: { readonly handled: Handled; readonly isCold: boolean; readonly durationMs: number },
  ) => void;
  readonly looked: (
    nowMs: number,
    seen: { readonly depth: number; readonly oldestAgeMs: number; readonly busyCount: number },
  ) => void;
  readonly report: (end: {
    readonly queue: { readonly dead: number; readonly expired: number; readonly deduplicated: number };
    readonly waitsMs: readonly number[];
  }) => LoadReport;
}

const HOUR_MS = 3_600_000;

type Sums = { -readonly [Name in keyof Omit<LoadHour, "hour" | "gapSeconds">]: number };
interface Counted {
  readonly sums: Sums;
  readonly gapsMs: number[];
}

/** Makes a tally of as many hours as the plan has. */
export function createLoadTally({ hours }: Pick<LoadPlan, "hours">): LoadTally {
  const counted = Array.from({ length: Math.ceil(hours) }, nothingCounted);
  const at = (nowMs: number): Counted => counted[Math.floor(nowMs / HOUR_MS)] as Counted;
  return {
    sent: (nowMs, messageCount) => void (at(nowMs).sums.sentCount += messageCount),
    invoked: (nowMs, { handled, isCold, durationMs }) => {
      const { sums, gapsMs } = at(nowMs);
      sums.invocationCount += 1;
      sums.coldStartCount += isCold ? 1 : 0;
      sums.lambdaSeconds += durationMs / 1000;
      sums.visitCount += handled.visitCount;
      sums.openedCount += handled.openedCount;
      sums.leftAloneCount += handled.leftAloneCount;
      sums.commitCount += handled.commitCount;
      gapsMs.push(...handled.gapsMs);
    },
    looked: (nowMs, { depth, oldestAgeMs, busyCount }) => {
      const { sums } = at(nowMs);
      sums.depthMax = Math.max(sums.depthMax, depth);
      sums.oldestAgeSecondsMax = Math.max(sums.oldestAgeSecondsMax, oldestAgeMs / 1000);
      sums.busyMax = Math.max(sums.busyMax, busyCount);
    },
    report: ({ queue, waitsMs }) => ({
      hours: counted.map((one, hour) => ({ hour, ...finished(one) })),
      total: finished(counted.reduce(added, nothingCounted())),
      deadCount: queue.dead,
      expiredCount: queue.expired,
      deduplicatedCount: queue.deduplicated,
      waitSecondsMax: waitsMs.reduce((max, waitMs) => Math.max(max, waitMs), 0) / 1000,
    }),
  };
}

function nothingCounted(): Counted {
  const sums = {
    sentCount: 0,
    invocationCount: 0,
    coldStartCount: 0,
    lambdaSeconds: 0,
    visitCount: 0,
    openedCount: 0,
    leftAloneCount: 0,
    commitCount: 0,
    depthMax: 0,
    oldestAgeSecondsMax: 0,
    busyMax: 0,
  };
  return { sums, gapsMs: [] };
}

/** Counts add up, what ends with `Max` is the larger one. */
function added(one: Counted, other: Counted): Counted {
  const names = Object.keys(one.sums) as (keyof Sums)[];
  const sums = Object.fromEntries(
    names.map((name) => {
      const pair = [one.sums[name], other.sums[name]] as const;
      return [name, name.endsWith("Max") ? Math.max(...pair) : pair[0] + pair[1]];
    }),
  ) as Sums;
  return { sums, gapsMs: one.gapsMs.concat(other.gapsMs) };
}

function finished({ sums, gapsMs }: Counted): Omit<LoadHour, "hour"> {
  const sorted = gapsMs.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) / 1000;
  return { ...sums, gapSeconds: { median: at(0.5), p99: at(0.99), max: at(1) } };
}

import { isLeftAlone } from "../../src/aws/is-left-alone.ts";
import type { PullMessage } from "../../src/aws/pull-message.ts";
import type { Random } from "../../test/support/random.ts";
import type { LoadContainer } from "./containers.ts";
import type { LoadPlan } from "./load-plan.ts";
import { openedCount } from "./opened-count.ts";

/** What one message came to. */
export interface Handled {
  readonly durationMs: number;
  /** It died in the middle: nobody says so to the queue. */
  readonly isKilled: boolean;
  /** It is to be delivered again soon. */
  readonly isToBeRepeated: boolean;
  readonly visitCount: number;
  /** Visits of log sources whose tables the container did not have open. */
  readonly openedCount: number;
  readonly leftAloneCount: number;
  readonly commitCount: number;
  /** From the last good visit of an account to this one, ms. */
  readonly gapsMs: readonly number[];
}

/** All accounts of a deployment, and what the function knows of them. */
export interface Accounts {
  /** A container works through a message, which it has from `startMs` on. */
  readonly handle: (message: PullMessage, startMs: number, container: LoadContainer) => Handled;
  /** Time since each account's last good visit, ms. */
  readonly waitsMs: (nowMs: number) => number[];
}

/** `src/aws/pull-handler.ts`: nothing is begun after that, of 240 seconds. */
const ENOUGH_MS = 195_000;
/** `src/aws/puller.ts`: who waits does so side by side. */
const LANE_COUNT = 4;
const HOUR_MS = 3_600_000;

interface Account {
  visitedAtMs: number | undefined;
  isSettled: boolean;
  goodAtMs: number;
}

/** Makes accounts that have just been visited, all of them populated, with nothing to be backfilled. */
export function createAccounts(plan: LoadPlan, names: readonly string[], random: Random): Accounts {
  const accounts = new Map<string, Account>();
  for (const name of names) accounts.set(name, { visitedAtMs: undefined, isSettled: false, goodAtMs: 0 });
  return {
    handle: ({ sources, tickMs }, startMs, container) => {
      const isKilled = random.chance(plan.faults.killShare);
      const openedShare = openedCount(container, sources) / sources.length;
      const work = startWork(plan, { startMs, openedShare, random });
      const begun = isKilled ? sources.slice(0, Math.floor(sources.length / 2)) : sources;
      for (const source of begun) {
        const account = accounts.get(source) as Account;
        // A status is written at the end of a message: one who dies leaves none.
        if (!work.isEnough()) work.visit(isKilled ? { ...account } : account, tickMs);
      }
      return work.end(isKilled);
    },
    waitsMs: (nowMs) => [...accounts.values()].map(({ goodAtMs }) => nowMs - goodAtMs),
  };
}

interface Start {
  readonly startMs: number;
  /** Of the log sources, how many have to be opened: 0 to 1. */
  readonly openedShare: number;
  readonly random: Random;
}

/** Adds up one message, account by account. */
function startWork(
  { timings, faults, tableCount, newsShare }: LoadPlan,
  { startMs, openedShare, random }: Start,
) {
  const [outageFrom, outageTo] = faults.outageHours ?? [Infinity, Infinity];
  const gapsMs: number[] = [];
  const counts = { visitCount: 0, openedCount: 0, leftAloneCount: 0, commitCount: 0 };
  let passedMs = timings.messageSeconds * 1000;
  let isToBeRepeated = false;
  const take = (seconds: number): void => void (passedMs += seconds * 1000);
  return {
    isEnough: () => passedMs >= ENOUGH_MS,
    visit: (account: Account, tickMs: number | undefined): void => {
      const nowMs = startMs + passedMs;
      if (isLeftAlone(account, { nowMs, tickMs })) {
        counts.leftAloneCount += 1;
        take(timings.leftAloneSeconds);
        return;
      }
      counts.visitCount += 1;
      account.visitedAtMs = nowMs;
      account.isSettled = false;
      if (nowMs >= outageFrom * HOUR_MS && nowMs < outageTo * HOUR_MS) {
        take(timings.outageVisitSeconds / LANE_COUNT);
        return;
      }
      const newsCount = countNews(tableCount, newsShare, random);
      counts.openedCount += openedShare;
      take(timings.idleVisitSeconds + openedShare * timings.openSeconds + newsCount * timings.commitSeconds);
      if (random.chance(faults.awsFailureShare)) {
        isToBeRepeated = true;
        return;
      }
      counts.commitCount += newsCount;
      account.isSettled = true;
      gapsMs.push(nowMs - account.goodAtMs);
      account.goodAtMs = nowMs;
    },
    end: (isKilled: boolean): Handled => ({
      durationMs: passedMs,
      isKilled,
      isToBeRepeated,
      ...counts,
      gapsMs: isKilled ? [] : gapsMs,
    }),
  };
}

function countNews(tableCount: number, newsShare: number, random: Random): number {
  let count = 0;
  for (let table = 0; table < tableCount; table += 1) if (random.chance(newsShare)) count += 1;
  return count;
}

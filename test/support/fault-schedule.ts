import type { FaultRule } from "../../simulator/faults.ts";
import { endsStream, FAULT_CASES, isApplicable, isKnownLimit, isPageFault } from "./fault-cases.ts";
import { type Feed, FEEDS } from "./feeds.ts";
import { createRandom, type Random } from "./random.ts";

/** One thing that happens; times are minutes of virtual time. */
export type Step =
  | { readonly do: "advance"; readonly minutes: number }
  /** Two or three rules that are in force together until the next such step. */
  | { readonly do: "faults"; readonly rules: readonly FaultRule[] }
  | { readonly do: "pull" }
  /** By a program that has nothing in memory. */
  | { readonly do: "restart and pull" }
  /** By the running program and a fresh one side by side. */
  | { readonly do: "two pulls" }
  /** `stopAfter`: told to stop when it has shown progress so many times. */
  | { readonly do: "backfill"; readonly hours: number; readonly stopAfter: number }
  /** Beside a pull, and by two programs. */
  | { readonly do: "two backfills and a pull"; readonly hours: number }
  | { readonly do: "reread"; readonly hours: number }
  | { readonly do: "reread and pull"; readonly hours: number }
  /** This machine's clock is off by so much from now on. */
  | { readonly do: "clock"; readonly offMinutes: number }
  /** The v1 log is switched off; nothing where the feed has none to give way to. */
  | { readonly do: "retire"; readonly status: 403 | 404 | 410 }
  /** Events that cannot become rows. */
  | { readonly do: "odd events"; readonly count: number };

/** What one seed stands for. */
export interface Schedule {
  readonly feed: Feed;
  readonly batchRowCountMax: number;
  readonly pageRowCount: number;
  readonly steps: readonly Step[];
}

/** A stream that has a next one, which is retired but once. */
const GIVES_WAY: ReadonlySet<string> = new Set(["administrator_v1", "offline_enrollment_v1", "telephony_v2"]);
/** A gauge has no history: the matrix tries each fault on it. */
const LOGS = FEEDS.filter(({ paging }) => paging !== "gauge");

/** The schedule of a seed; pure. */
export function scheduleOf(seed: number): Schedule {
  const random = createRandom(seed);
  const feed = random.pick(LOGS);
  const count = random.between(6, 10);
  const steps: Step[] = [{ do: "faults", rules: rulesOf(feed, random) }];
  for (let i = 0; i < count; i += 1) {
    if (random.chance(0.4)) steps.push({ do: "faults", rules: rulesOf(feed, random) });
    steps.push(stepOf(feed, random));
    if (random.chance(0.6)) steps.push({ do: "advance", minutes: random.pick([1, 5, 5, 30, 90, 400]) });
  }
  return { feed, batchRowCountMax: random.between(5, 60), pageRowCount: random.between(3, 25), steps };
}

function stepOf({ name }: Feed, random: Random): Step {
  const hours = random.between(1, 60);
  const status = name === "telephony_v2" ? 404 : random.pick([403, 404, 410] as const);
  return random.pick<Step>([
    { do: "pull" },
    { do: "pull" },
    { do: "restart and pull" },
    { do: "two pulls" },
    { do: "backfill", hours, stopAfter: random.pick([1, 2, 3, 5, 1_000]) },
    { do: "two backfills and a pull", hours },
    { do: "reread", hours },
    { do: "reread and pull", hours },
    { do: "clock", offMinutes: random.pick([0, 2, -2, 70, -70, -1_500, 400]) },
    { do: "odd events", count: random.between(1, 4) },
    GIVES_WAY.has(name) ? { do: "retire", status } : { do: "pull" },
  ]);
}

function rulesOf(feed: Feed, random: Random): FaultRule[] {
  const usable = FAULT_CASES.filter(
    (rule) => isApplicable(rule, feed) && !isKnownLimit(rule, feed) && !isTooMuch(rule, feed),
  );
  return Array.from({ length: random.between(2, 3) }, () => {
    const rule = random.pick(usable);
    const times = endsStream(rule, feed) ? 1 : random.pick([1, 1, 2, 3, 8]);
    const share = isPageFault(rule) ? { probability: random.pick([1, 0.5]) } : {};
    // A row that is late by less than the look-back is a pull's to bring; the re-reads have tests of their own.
    return { ...rule, times, skip: random.between(0, 3), ...share, target: feed.target };
  });
}

/** A v1 page below half its size is the last one by rule, and all pages are small here; an answer that never comes takes long. */
function isTooMuch({ kind }: FaultRule, { paging }: Feed): boolean {
  return kind === "hang" || (kind === "short_page" && paging === "list");
}

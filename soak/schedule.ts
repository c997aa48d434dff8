import { createRandom, type Random } from "../simulator/dataset/random.ts";
import type { FaultKind, FaultRule } from "../simulator/faults.ts";

/** Something done to the program or its machine at an instant, ms since 1970 by Duo's clock. */
export type Step = { readonly atMs: number } & (
  | { readonly kind: "rotate key" }
  | { readonly kind: "store key" }
  | { readonly kind: "restart" }
  /** Dies at that operation of the disk, counted from then on: before it, or after it without its answer. */
  | { readonly kind: "crash"; readonly operation: number; readonly isAfter: boolean }
  /** The machine's clock is off by this from then on, ms. */
  | { readonly kind: "clock"; readonly offsetMs: number }
  | { readonly kind: "add child" }
  | { readonly kind: "retire v1" }
  /** Something happens that Duo shows so much later only, ms. */
  | { readonly kind: "too late"; readonly lateByMs: number }
);

/** Hours in which Duo answers nothing. */
export interface Outage {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Schedule {
  /** Oldest first. */
  readonly steps: readonly Step[];
  readonly faults: readonly FaultRule[];
  readonly outages: readonly Outage[];
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const DOWN: readonly FaultKind[] = ["unavailable", "internal_error", "bad_gateway", "reset_before_headers"];
const SHAKY: readonly FaultKind[] = [
  "reset_after_headers",
  "truncated_body",
  "not_json",
  "stat_fail",
  "short_page",
];
/** Re-reads go back two weeks at most while the program runs. */
const TOO_LATE_MS = 21 * DAY_MS;
/** Unnoticed, as Duo tolerates five minutes, and noticed. */
const CLOCK_OFFSETS_MS = [90_000, -200_000, 2 * HOUR_MS, -DAY_MS, 250_000, -3 * HOUR_MS];

/**
 * Decides everything that goes wrong in a soak; pure: the same seed gives the same schedule.
 *
 * @param startMs when the program starts, ms since 1970
 */
export function createSchedule(
  startMs: number,
  { days, seed }: { readonly days: number; readonly seed: number },
): Schedule {
  const random = createRandom(`${seed}/soak`);
  const at = (day: number): number => startMs + Math.floor((day + random.next() * 0.8) * DAY_MS);
  const outages: Outage[] = [];
  const faults: FaultRule[] = [];
  const steps: Step[] = [
    { kind: "retire v1", atMs: startMs + Math.floor((days / 2) * DAY_MS) },
    { kind: "add child", atMs: startMs + Math.floor((days / 3) * DAY_MS) },
    ...[1, 2, 3].map((day): Step => ({
      kind: "too late",
      atMs: startMs + day * DAY_MS,
      lateByMs: TOO_LATE_MS,
    })),
  ];
  for (let day = 0.2; day < days - 1; day += 1) {
    const number = Math.floor(day);
    faults.push(...shakyHours(at(day), random), ...limitedHours(at(day), random));
    steps.push({ kind: "crash", atMs: at(day), operation: 1 + random.int(60), isAfter: random.chance(0.5) });
    if (number % 2 === 0) steps.push({ kind: "restart", atMs: at(day) });
    if (number % 3 === 1) outages.push(outage(at(day), number === 10 ? 26 : 1 + random.int(6)));
    if (number % 5 === 2) steps.push(...rotation(at(day), random));
    if (number % 4 === 3) steps.push(...wrongClock(at(day), random));
  }
  faults.push(...outages.map(({ fromMs, toMs }) => always(random.pick(DOWN), fromMs, toMs)));
  return { steps: steps.toSorted((a, b) => a.atMs - b.atMs), faults, outages };
}

function outage(fromMs: number, hours: number): Outage {
  return { fromMs, toMs: fromMs + hours * HOUR_MS };
}

function always(kind: FaultKind, activeFromMs: number, activeUntilMs: number): FaultRule {
  return { kind, times: 0, activeFromMs, activeUntilMs };
}

function shakyHours(fromMs: number, random: Random): FaultRule[] {
  const untilMs = fromMs + 3 * HOUR_MS;
  return [{ ...always(random.pick(SHAKY), fromMs, untilMs), probability: 0.3 }];
}

/** Two hours in which every second request is one too many; Duo says for how long, or does not. */
function limitedHours(fromMs: number, random: Random): FaultRule[] {
  const rule = { ...always("rate_limited", fromMs, fromMs + 2 * HOUR_MS), probability: 0.5 };
  return [random.chance(0.5) ? { ...rule, retryAfterSeconds: 30 + random.int(90) } : rule];
}

/** The key is made anew in the Admin Panel, and somebody stores it up to two hours later. */
function rotation(atMs: number, random: Random): Step[] {
  return [
    { kind: "rotate key", atMs },
    { kind: "store key", atMs: atMs + (5 + random.int(115)) * MINUTE_MS },
  ];
}

function wrongClock(atMs: number, random: Random): Step[] {
  return [
    { kind: "clock", atMs, offsetMs: random.pick(CLOCK_OFFSETS_MS) },
    { kind: "clock", atMs: atMs + (1 + random.int(8)) * HOUR_MS, offsetMs: 0 },
  ];
}

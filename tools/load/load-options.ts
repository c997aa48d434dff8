import { readFileSync } from "node:fs";
import type { LoadPlan, LoadTimings } from "./load-plan.ts";

/** Options of the command, as text. */
export type LoadOptions = Readonly<Partial<Record<LoadOptionName, string>>>;

type LoadOptionName =
  | "accounts"
  | "hours"
  | "interval"
  | "concurrency"
  | "memory"
  | "tables"
  | "news"
  | "seed"
  | "outage"
  | "kills"
  | "failures"
  | "lost-ticks"
  | "repeated-ticks"
  | "late-ticks"
  | "timings";

/**
 * Measured with `npm run measure:lambda` (docs/aws.md, "Size and speed"), seconds at 1 GiB: 25 log sources of two tables in a message, 20 ms
 * for each request to AWS and 150 ms to Duo.
 *
 * What Lambda takes to fetch 26 MB of code is in the cold start, and the small files of a day in the maintenance, as estimates.
 */
export const MEASURED: LoadTimings = {
  coldStartSeconds: 2,
  messageSeconds: 0.1,
  idleVisitSeconds: 0.09,
  openSeconds: 0.09,
  commitSeconds: 0.12,
  leftAloneSeconds: 0.01,
  outageVisitSeconds: 12,
  maintainTableSeconds: 2,
};

export const LOAD_HELP = `Plays a deployment in AWS with many Duo accounts on a clock of its own: ticks, the messages of the dispatcher,
the queue, the containers of the puller. Shows by the hour how deep the queue is, how old its oldest message, what Lambda works, what is
committed and how long an account waits, and what it costs.

Usage: npm run simulate:load -- [options]

  --accounts N         log sources; default 5000
  --hours N            hours that are played, 1 to 168; default 24
  --interval N         minutes from tick to tick, 1 to 240; default 5
  --concurrency N      MaxConcurrency of the deployment, 2 to 1000; default 10
  --memory N           MemoryMiB of the deployment; for the cost only; default 1024
  --tables N           tables of each account; default 2
  --news N             share of the visits to a table that find something, 0 to 1; default 0.3
  --outage FROM-TO     Duo answers nobody between these hours: 6-8
  --kills N            share of the invocations that are killed; default 0
  --failures N         share of the visits that end with a failure of AWS; default 0
  --lost-ticks N       share of the ticks that never come; default 0
  --repeated-ticks N   share of the ticks that come twice; default 0
  --late-ticks N       ticks come up to so many seconds late; default 0
  --timings FILE       JSON with other seconds than those measured: {"idleVisitSeconds": 0.2}
  --seed N             another play of chance; default 1
  --json               everything, for other programs

Examples:
  npm run simulate:load
  npm run simulate:load -- --accounts 1000 --concurrency 5
  npm run simulate:load -- --outage 6-8 --kills 0.01 --failures 0.01
`;

/** Reads the options. @throws Error that names the one that is wrong, and what it may be */
export function loadPlan(options: LoadOptions): LoadPlan {
  const whole = (name: LoadOptionName, fallback: number, [min, max]: Range): number =>
    number(options, name, { fallback, range: [min, max], isWhole: true });
  const share = (name: LoadOptionName, fallback: number): number =>
    number(options, name, { fallback, range: [0, 1], isWhole: false });
  return {
    accountCount: whole("accounts", 5_000, [1, 100_000]),
    hours: whole("hours", 24, [1, 168]),
    intervalMinutes: whole("interval", 5, [1, 240]),
    concurrencyMax: whole("concurrency", 10, [2, 1_000]),
    memoryMiB: whole("memory", 1_024, [512, 10_240]),
    tableCount: whole("tables", 2, [1, 20]),
    newsShare: share("news", 0.3),
    seed: whole("seed", 1, [0, 2 ** 31]),
    timings: { ...MEASURED, ...timingsOf(options.timings) },
    faults: {
      outageHours: outageOf(options.outage),
      killShare: share("kills", 0),
      awsFailureShare: share("failures", 0),
      lostTickShare: share("lost-ticks", 0),
      repeatedTickShare: share("repeated-ticks", 0),
      lateTickSecondsMax: number(options, "late-ticks", { fallback: 0, range: [0, 300], isWhole: false }),
    },
  };
}

type Range = readonly [min: number, max: number];

function number(
  options: LoadOptions,
  name: LoadOptionName,
  {
    fallback,
    range: [min, max],
    isWhole,
  }: { readonly fallback: number; readonly range: Range; readonly isWhole: boolean },
): number {
  const text = options[name];
  if (text === undefined) return fallback;
  const value = text.trim() === "" ? NaN : Number(text);
  if (value >= min && value <= max && (!isWhole || Number.isInteger(value))) return value;
  const kind = isWhole ? "a whole number" : "a number";
  throw new Error(`Cannot simulate: --${name} must be ${kind} from ${min} to ${max}, got ${text}`);
}

function outageOf(text: string | undefined): readonly [number, number] | undefined {
  if (text === undefined) return undefined;
  const [, from, to] = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (from !== undefined && Number(from) < Number(to)) return [Number(from), Number(to)];
  throw new Error(`Cannot simulate: --outage must be two hours such as 6-8, got ${text}`);
}

function timingsOf(file: string | undefined): Partial<LoadTimings> {
  if (file === undefined) return {};
  const timings = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  for (const [name, seconds] of Object.entries(timings)) {
    if (!Object.hasOwn(MEASURED, name))
      throw new Error(`Cannot simulate: --timings knows ${Object.keys(MEASURED).join(", ")}, got ${name}`);
    if (typeof seconds !== "number" || seconds < 0)
      throw new Error(`Cannot simulate: ${name} of --timings must be seconds, got ${String(seconds)}`);
  }
  return timings;
}

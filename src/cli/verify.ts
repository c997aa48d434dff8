import { createApp } from "../app.ts";
import { systemClock } from "../core/clock.ts";
import type { CheckedHour } from "../pipeline/completeness.ts";
import { type VerifiedTable, verifyAll } from "../verify-all.ts";
import { chooseTables, type ChoiceOptions } from "./choose-tables.ts";
import { EXIT_NOTHING_DONE, exitCodeOfPull } from "./exit-codes.ts";
import { isoInstant } from "./format.ts";
import { isRemarkable } from "./is-remarkable.ts";
import type { Io } from "./io.ts";
import { type CommonOptions, loadContext } from "./load-context.ts";
import { printVerified } from "./print-verified.ts";
import { readTime } from "./read-time.ts";
import { createVerifyProgress } from "./verify-progress.ts";

export interface VerifyCommandOptions extends CommonOptions, ChoiceOptions {
  readonly since: string;
  readonly hours?: boolean;
}

/** `duolake verify`: compares the tables with Duo hour by hour, appends what was missing, and says what is missing still. */
export async function verify(options: VerifyCommandOptions, io: Io): Promise<number> {
  const nowMs = systemClock.nowMs();
  const sinceMs = readTime(options.since, { option: "--since", nowMs, takesDuration: true });
  const config = await loadContext(options, io);
  const progress = createVerifyProgress(io);
  await using app = await createApp({ config, clock: systemClock, env: io.env, observer: progress.observer });
  const results = await verifyAll(app, {
    ...chooseTables(app, options),
    sinceMs,
    onPage: progress.onPage,
    signal: io.signal,
  }).finally(progress.end);
  if (options.json === true) io.out(`${JSON.stringify({ tables: results.map(verifiedJson) })}\n`);
  else printVerified(results, { sinceMs, nowMs, listsHours: options.hours === true }, io);
  return exitCodeOfVerify(results);
}

/** That something is missing still outweighs that the comparison as such went well. */
export function exitCodeOfVerify(results: readonly VerifiedTable[]): number {
  const isMissing = results.some(({ verification }) =>
    verification?.hours.some(({ missing }) => missing > 0),
  );
  return isMissing ? EXIT_NOTHING_DONE : exitCodeOfPull(results);
}

/** One table's result in the documented shape (docs/cli-json.md). */
export function verifiedJson(result: VerifiedTable): Record<string, unknown> {
  const { source, table, account, stream, verification, skipped, error } = result;
  const hours = verification?.hours ?? [];
  const sum = (count: (hour: CheckedHour) => number): number | null =>
    verification === undefined ? null : hours.reduce((total, hour) => total + count(hour), 0);
  const isCounted = hours.some(({ attempts }) => attempts !== undefined);
  return {
    source,
    table,
    ...(account !== undefined && { account }),
    stream,
    from: isoInstant(verification?.range.fromMs),
    to: isoInstant(verification?.range.toMs),
    expected: sum(({ expected }) => expected),
    attempts: isCounted ? sum(({ attempts = 0 }) => attempts) : null,
    present: sum(({ present }) => present),
    healed: sum(({ healed }) => healed),
    missing: sum(({ missing }) => missing),
    requests: verification?.requestCount ?? 0,
    hours: hours.filter(isRemarkable).map((hour) => ({
      hour: isoInstant(hour.hourMs),
      expected: hour.expected,
      attempts: hour.attempts ?? null,
      present: hour.present,
      healed: hour.healed,
      missing: hour.missing,
    })),
    attempts_problem: verification?.attemptsProblem ?? null,
    skipped: skipped ?? null,
    error: error ?? null,
  };
}

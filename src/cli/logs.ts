import { type Clock, systemClock } from "../core/clock.ts";
import { awsFailure } from "../deploy/aws-failure.ts";
import { findStack } from "../deploy/destroy.ts";
import { cloudWatchLogs } from "../deploy/function-logs.ts";
import { findCaller } from "../deploy/preflight.ts";
import { type GroupedEvent, tailLogs } from "../deploy/tail-logs.ts";
import { awsAccess, openAccount, type OpenServices } from "./aws-options.ts";
import { EXIT_DONE } from "./exit-codes.ts";
import { isoInstant } from "./format.ts";
import { type InfoOptions, labelWithout } from "./info.ts";
import type { Io } from "./io.ts";
import { logText, namesSource } from "./logs-text.ts";
import { readTime } from "./read-time.ts";

export interface LogsOptions extends InfoOptions {
  readonly since: string;
  readonly follow?: boolean;
  readonly source?: string;
  /** One of `FUNCTIONS`. */
  readonly function?: string;
}

/** What tests put in the place of AWS. */
export interface LogsTools {
  readonly open: OpenServices;
  readonly read: typeof cloudWatchLogs;
  readonly clock: Clock;
}

const FUNCTIONS = ["puller", "dispatcher", "maintainer"] as const;

/** `duolake logs`: what the functions of a deployment logged. With `--json` a JSON document per line. */
export async function logs(
  options: LogsOptions,
  io: Io,
  tools: LogsTools = { open: openAccount, read: cloudWatchLogs, clock: systemClock },
): Promise<number> {
  const { clock } = tools;
  const sinceMs = readTime(options.since, { option: "--since", nowMs: clock.nowMs(), takesDuration: true });
  const label = await labelWithout(options, io);
  const access = awsAccess(options, io);
  const services = tools.open(access);
  const caller = await findCaller(services);
  const { name } = await findStack(services, { label, caller });
  const prefix = `/aws/lambda/${name}-`;
  const chosen = FUNCTIONS.filter((each) => options.function === undefined || options.function === each);
  const events = tailLogs(tools.read({ ...access, region: caller.region }), {
    groups: chosen.map((each) => prefix + each),
    sinceMs,
    isFollowing: options.follow === true,
    clock,
    signal: io.signal,
    onMissing: (group) => {
      // There is a dispatcher above five log sources only; nobody who did not ask for it misses it.
      if (options.function !== "dispatcher" && group === `${prefix}dispatcher`) return;
      io.err(`duolake: there is no log group ${group}: ${name} has no such function, or it was removed\n`);
    },
  });
  try {
    for await (const event of events) {
      if (options.source !== undefined && !namesSource(event.text, options.source)) continue;
      const functionName = event.group.slice(prefix.length);
      const text = options.json === true ? lineJson(event, functionName) : logText(event, functionName);
      if (text === undefined) continue;
      io.out(text);
      await io.drain();
    }
  } catch (error) {
    throw awsFailure(`read the logs of ${name}`, error);
  }
  return EXIT_DONE;
}

/** A line in the documented shape (docs/cli-json.md). */
function lineJson({ atMs, text }: GroupedEvent, functionName: string): string {
  return `${JSON.stringify({ at: isoInstant(atMs), function: functionName, line: text })}\n`;
}

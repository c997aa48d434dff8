import type { LogSource } from "../config/config.ts";
import { systemClock } from "../core/clock.ts";
import { errorText } from "../core/errors.ts";
import { mapBounded } from "../core/map-bounded.ts";
import { awsFailure } from "../deploy/aws-failure.ts";
import { findStack } from "../deploy/destroy.ts";
import { findCaller } from "../deploy/preflight.ts";
import { type QueueDepth, type QueueDepths, queueDepths } from "../deploy/queue-depths.ts";
import { journalName } from "../pull-all.ts";
import type { SourceStatus } from "../status/source-status.ts";
import { readStatus } from "../status/status.ts";
import { awsAccess, flagsOf, openAccount, type OpenServices } from "./aws-options.ts";
import { EXIT_DONE } from "./exit-codes.ts";
import { formatCount, formatDuration, isoInstant } from "./format.ts";
import { type InfoOptions, labelWithout } from "./info.ts";
import type { Io } from "./io.ts";
import { openDeployed } from "./open-deployed.ts";
import { printStatus } from "./print-status.ts";
import { statusJson } from "./status-json.ts";

/** Status objects asked for side by side. */
const SOURCE_COUNT_MAX = 16;

/** The queues of a deployment by the outputs that name them. */
const QUEUES = {
  pull: "PullQueueUrl",
  pull_dead_letters: "PullDeadLettersUrl",
  tick_dead_letters: "TickDeadLettersUrl",
} as const;

type QueueName = keyof typeof QUEUES;
/** How full each queue is, or why that cannot be said. */
type Depths = Readonly<Record<QueueName, QueueDepth | { readonly error: string }>>;

interface SourceLine {
  readonly name: string;
  readonly status: SourceStatus;
}

/** `duolake status --aws`: how far the tables of a deployment are, when its log sources were visited, what waits in its queues. */
export async function statusAws(
  options: InfoOptions,
  io: Io,
  tools: { readonly open: OpenServices; readonly queues: typeof queueDepths } = {
    open: openAccount,
    queues: queueDepths,
  },
): Promise<number> {
  const label = await labelWithout(options, io);
  const access = awsAccess(options, io);
  const services = tools.open(access);
  const caller = await findCaller(services);
  const stack = await findStack(services, { label, caller });
  await using deployed = await openDeployed(stack, { ...access, region: caller.region });
  const { config, lake, statuses } = deployed;
  const sources = await mapBounded(config.logSources, SOURCE_COUNT_MAX, (source) =>
    openSource(source, statuses.open),
  );
  const nowMs = systemClock.nowMs();
  const [tables, depths] = await Promise.all([
    readStatus({ config, lake, journal: statuses.journal, nowMs, journalName }),
    readDepths(stack.outputs, tools.queues(access)),
  ]);
  if (options.json === true) {
    const json = {
      tables: tables.map((table) => statusJson(table, nowMs)),
      sources: sources.map(sourceJson),
      queues: Object.fromEntries(Object.entries(depths).map(([name, depth]) => [name, depthJson(depth)])),
    };
    io.out(`${JSON.stringify(json)}\n`);
    return EXIT_DONE;
  }
  printStatus(tables, nowMs, io);
  for (const text of sourceRemarks(sources, { nowMs, flags: flagsOf(options) })) io.out(`\n${text}\n`);
  io.out(`\n${queueText(depths)}\n`);
  return EXIT_DONE;
}

async function openSource(
  { name }: LogSource,
  open: (source: string) => Promise<SourceStatus>,
): Promise<SourceLine> {
  return { name, status: await open(name) };
}

async function readDepths(outputs: Readonly<Record<string, string>>, read: QueueDepths): Promise<Depths> {
  const entries = await Promise.all(
    Object.entries(QUEUES).map(async ([name, output]) => {
      try {
        return [name, await read(outputs[output] ?? "")] as const;
      } catch (error) {
        // Who may look at tables need not be allowed to look at queues.
        return [name, { error: errorText(awsFailure(`look at the queue ${output}`, error)) }] as const;
      }
    }),
  );
  return Object.fromEntries(entries) as Depths;
}

function sourceJson({ name, status }: SourceLine): Record<string, unknown> {
  return {
    source: name,
    visited_at: isoInstant(status.visitedAtMs),
    settled: status.isSettled,
    secret: status.secret ?? null,
    last_error: status.lastError ?? null,
  };
}

function depthJson(depth: Depths[QueueName]): Record<string, unknown> {
  return "error" in depth ? depth : { waiting: depth.waiting, under_way: depth.underWay };
}

function sourceRemarks(
  sources: readonly SourceLine[],
  { nowMs, flags }: { readonly nowMs: number; readonly flags: string },
): string[] {
  return sources.flatMap(({ name, status }) => {
    const { visitedAtMs, secret, lastError } = status;
    if (visitedAtMs === undefined) return [`${name} was never visited: the first tick comes within minutes`];
    const visited = `visited ${formatDuration((nowMs - visitedAtMs) / 1000)} ago`;
    if (secret === "missing") {
      return [
        `${name} has no secret key: \`${`duolake secret set ${name} --aws ${flags}`.trimEnd()}\` stores it`,
      ];
    }
    if (lastError !== undefined)
      return [`${name} failed (${lastError.code}), ${visited}:\n  ${lastError.message}`];
    return status.isSettled
      ? [`${name} was ${visited}`]
      : [`${name} was ${visited}; something is left to be read`];
  });
}

function queueText(depths: Depths): string {
  const text = (name: QueueName, say: (depth: QueueDepth) => string): string => {
    const depth = depths[name];
    return "error" in depth ? `unknown (${depth.error})` : say(depth);
  };
  const waiting = text(
    "pull",
    (depth) => `${formatCount(depth.waiting)} wait, ${formatCount(depth.underWay)} under way`,
  );
  const dead = (name: QueueName): string =>
    text(name, (depth) => formatCount(depth.waiting + depth.underWay));
  return `Queue: ${waiting}. Dead letters: pulls ${dead("pull_dead_letters")}, ticks ${dead("tick_dead_letters")}.`;
}

import { pullMessage } from "../aws/pull-message.ts";
import { type Clock, systemClock } from "../core/clock.ts";
import { DuolakeError } from "../core/errors.ts";
import { awsFailure } from "../deploy/aws-failure.ts";
import { type DeadLetters, sqsDeadLetters } from "../deploy/dead-letters.ts";
import { findStack } from "../deploy/destroy.ts";
import { peekLetters } from "../deploy/peek-letters.ts";
import { findCaller } from "../deploy/preflight.ts";
import { queueDepths } from "../deploy/queue-depths.ts";
import { redrive } from "../deploy/redrive.ts";
import { ask } from "./ask.ts";
import { awsAccess, openAccount, type OpenServices } from "./aws-options.ts";
import { EXIT_DONE, EXIT_NOTHING_DONE } from "./exit-codes.ts";
import { formatCount } from "./format.ts";
import { type InfoOptions, labelWithout } from "./info.ts";
import type { Io } from "./io.ts";
import { type DlqQueue, letterJson, lettersText } from "./dlq-text.ts";

/** What `duolake dlq` does. */
export type DlqAction = "list" | "redrive" | "purge";

export interface DlqOptions extends InfoOptions {
  readonly yes?: boolean;
}

/** What tests put in the place of AWS. */
export interface DlqTools {
  readonly open: OpenServices;
  readonly letters: typeof sqsDeadLetters;
  readonly depths: typeof queueDepths;
  readonly clock: Clock;
}

/** The queues by what was given up, and the output that names each. */
const OUTPUTS: Readonly<Record<DlqQueue, string>> = {
  pull: "PullDeadLettersUrl",
  tick: "TickDeadLettersUrl",
};

interface Queue {
  readonly name: DlqQueue;
  readonly url: string;
  /** As far as SQS counts. */
  readonly count: number;
}

interface Opened {
  readonly queues: readonly Queue[];
  readonly pullUrl: string;
  readonly letters: DeadLetters;
}

/** `duolake dlq list|redrive|purge`: the messages of a deployment that were given up. */
export async function dlq(
  action: DlqAction,
  options: DlqOptions,
  io: Io,
  tools: DlqTools = { open: openAccount, letters: sqsDeadLetters, depths: queueDepths, clock: systemClock },
): Promise<number> {
  const label = await labelWithout(options, io);
  const access = awsAccess(options, io);
  const services = tools.open(access);
  const caller = await findCaller(services);
  const stack = await findStack(services, { label, caller });
  const urlOf = (output: string): string => {
    const url = stack.outputs[output];
    if (url !== undefined && url !== "") return url;
    throw new DuolakeError(
      "deploy_refused",
      `Cannot find the queue: the stack ${stack.name} must have the output ${output}, got none; deploy again`,
    );
  };
  const inRegion = { ...access, region: caller.region };
  const depths = tools.depths(inRegion);
  try {
    const queues = await Promise.all(
      (["pull", "tick"] as const).map(async (name): Promise<Queue> => {
        const url = urlOf(OUTPUTS[name]);
        const { waiting, underWay } = await depths(url);
        return { name, url, count: waiting + underWay };
      }),
    );
    const opened = { queues, pullUrl: urlOf("PullQueueUrl"), letters: tools.letters(inRegion) };
    return await ACTIONS[action](opened, { options, io, clock: tools.clock });
  } catch (error) {
    throw awsFailure(`${action} dead letters of ${stack.name}`, error);
  }
}

interface Run {
  readonly options: DlqOptions;
  readonly io: Io;
  readonly clock: Clock;
}

const ACTIONS = { list, redrive: redriveAll, purge } as const;

async function list({ queues, letters }: Opened, { options, io, clock }: Run): Promise<number> {
  const nowMs = clock.nowMs();
  const found = [];
  for (const { name, url, count } of queues) {
    found.push({ name, count, letters: await peekLetters(letters, url) });
  }
  if (options.json !== true) {
    io.out(found.map((queue) => lettersText(queue, { nowMs, sourcesOf })).join("\n"));
    return EXIT_DONE;
  }
  const json = found.map(({ name, count, letters: shown }) => ({
    queue: name,
    count: Math.max(count, shown.length),
    letters: shown.map((letter) => letterJson(letter, { nowMs, sourcesOf })),
  }));
  io.out(`${JSON.stringify({ queues: json })}\n`);
  return EXIT_DONE;
}

async function redriveAll(
  { queues, pullUrl, letters }: Opened,
  { options, io, clock }: Run,
): Promise<number> {
  const json: object[] = [];
  try {
    for (const { name, url } of queues) {
      const done = await redrive(letters, { from: url, to: pullUrl, sourcesOf, clock, signal: io.signal });
      json.push({ queue: name, moved: done.movedCount, left: done.leftCount, running: done.isRunning });
      if (options.json === true) continue;
      const left = done.leftCount === 0 ? "" : `; ${formatCount(done.leftCount)} name no log source and stay`;
      const running = done.isRunning ? "; SQS is still moving" : "";
      io.out(`${name}: ${formatCount(done.movedCount)} sent back${left}${running}\n`);
    }
  } finally {
    // Where the second queue fails, what was done with the first one is told all the same.
    if (options.json === true) io.out(`${JSON.stringify({ queues: json })}\n`);
  }
  return EXIT_DONE;
}

async function purge({ queues, letters }: Opened, { options, io }: Run): Promise<number> {
  const counts = queues.map(({ name, count }) => `${name} ${formatCount(count)}`).join(", ");
  if (options.yes !== true) {
    const question = `Delete all dead letters (${counts})? No event is lost with them. [y/N] `;
    const answer = await ask(question, { io, otherwise: "--yes" });
    if (!/^y(es)?$/i.test(answer)) {
      io.out(options.json === true ? `${JSON.stringify({ queues: [] })}\n` : "Nothing was deleted.\n");
      return EXIT_NOTHING_DONE;
    }
  }
  for (const { url } of queues) await letters.purge(url);
  const json = { queues: queues.map(({ name, count }) => ({ queue: name, purged: count })) };
  io.out(
    options.json === true
      ? `${JSON.stringify(json)}\n`
      : `Deleted: ${counts}. SQS takes up to a minute for it.\n`,
  );
  return EXIT_DONE;
}

/** The log sources that a message names; undefined for one of another shape, as those of the maintainer's rule. */
function sourcesOf(body: string): readonly string[] | undefined {
  try {
    return pullMessage(body).sources;
  } catch {
    return undefined;
  }
}

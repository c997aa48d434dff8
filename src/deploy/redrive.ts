import type { Clock } from "../core/clock.ts";
import { DuolakeError } from "../core/errors.ts";
import { awsFailure } from "./aws-failure.ts";
import type { DeadLetter, DeadLetters } from "./dead-letters.ts";

/** What became of the messages of a dead-letter queue. */
export interface Redriven {
  readonly movedCount: number;
  /** Messages that no log source can be read from; they stay. */
  readonly leftCount: number;
  /** True where SQS is still moving. */
  readonly isRunning: boolean;
}

/** A move by SQS goes on by itself; nobody waits longer for it. */
const MOVE_MS_MAX = 60_000;
const LOOK_MS = 1_000;
/** Long enough to send and delete ten messages. */
const HIDDEN_SECONDS = 60;
/** A guard against a queue that fills as fast as it is emptied. */
const BATCH_COUNT_MAX = 10_000;

/** What a redrive works on. */
export interface RedriveRequest {
  readonly from: string;
  /** The FIFO queue that messages go back to. */
  readonly to: string;
  /** The sources that a message names; undefined for one that names none. */
  readonly sourcesOf: (body: string) => readonly string[] | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Sends the messages of a dead-letter queue back: by SQS itself where it does so, otherwise one by one.
 *
 * Killed in between, a message is in both queues. Its deduplication id is that of its own id, so the next redrive within five
 * minutes does not send it twice; and a log source that is pulled twice repeats nothing.
 *
 * @throws aws_refused where SQS gave a move up, and with how many were sent where sending failed; stopped; what `letters` throws
 */
export async function redrive(letters: DeadLetters, request: RedriveRequest): Promise<Redriven> {
  if (await letters.startMove(request.from)) return awaitMove(letters, request);
  return sendBack(letters, request);
}

async function awaitMove(letters: DeadLetters, { from, clock, signal }: RedriveRequest): Promise<Redriven> {
  const untilMs = clock.nowMs() + MOVE_MS_MAX;
  for (;;) {
    const state = await letters.moveState(from);
    if (state?.failure !== undefined) {
      throw new DuolakeError(
        "aws_refused",
        `Cannot send dead letters back: SQS gave up after ${state.movedCount}, got ${state.failure}`,
      );
    }
    const isRunning = state?.isRunning ?? true;
    const movedCount = state?.movedCount ?? 0;
    if (!isRunning || clock.nowMs() >= untilMs) return { movedCount, leftCount: 0, isRunning };
    await clock.sleep(LOOK_MS, signal);
  }
}

async function sendBack(letters: DeadLetters, request: RedriveRequest): Promise<Redriven> {
  const { from, signal } = request;
  /** Taken, and not sent. */
  const held = new Map<string, DeadLetter>();
  let movedCount = 0;
  try {
    for (let batch = 0; batch < BATCH_COUNT_MAX && !signal.aborted; batch += 1) {
      const taken = await letters.receive(from, HIDDEN_SECONDS);
      const fresh = taken.filter(({ id }) => !held.has(id));
      // Only such come as cannot be sent: their time out of sight is over.
      if (fresh.length === 0) break;
      for (const letter of fresh) held.set(letter.id, letter);
      for (const letter of fresh) {
        if (!(await sendOne(letters, letter, request))) continue;
        held.delete(letter.id);
        movedCount += 1;
      }
    }
  } catch (error) {
    // The first failure is the one to tell; what is not given back comes into sight by itself.
    await letters.release(from, [...held.values()]).catch(() => undefined);
    throw awsFailure(`send dead letters back after ${movedCount} of them`, error);
  }
  await letters.release(from, [...held.values()]);
  return { movedCount, leftCount: held.size, isRunning: false };
}

async function sendOne(
  letters: DeadLetters,
  letter: DeadLetter,
  { from, to, sourcesOf }: RedriveRequest,
): Promise<boolean> {
  const sources = sourcesOf(letter.body);
  const group = letter.group ?? sources?.[0];
  if (sources === undefined || group === undefined) return false;
  await letters.send(to, { body: letter.body, group, deduplicationId: `redrive-${letter.id}` });
  await letters.remove(from, letter);
  return true;
}

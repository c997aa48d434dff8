import type { Clock } from "../core/clock.ts";
import { DuolakeError } from "../core/errors.ts";
import { missingPermission } from "./aws-failure.ts";
import type { StackEvent, Stacks } from "./stacks.ts";

/** Emulators and small changes are done at once, a deployment takes some minutes. */
const POLL_DELAY_MS = 2_000;
const POLL_COUNT_MAX = 1_800;
/** Where a stack stands still and tells of nothing new for as many looks, its status counts. */
const QUIET_COUNT_MAX = 3;

const GOOD: ReadonlySet<string> = new Set([
  "CREATE_COMPLETE",
  "UPDATE_COMPLETE",
  "IMPORT_COMPLETE",
  "DELETE_COMPLETE",
]);

/**
 * Follows a change of a stack to its end.
 *
 * The end is told by the stack's own events after `afterId`: right after a change begins, its status may still be the old one.
 *
 * @param how.doing for the message: `deploy`
 * @param how.onEvent gets each new event, oldest first
 * @throws deploy_failed with the first reason; stopped at a signal, and then the change goes on in AWS
 */
export async function watchStack(
  stacks: Pick<Stacks, "describe" | "events" | "problems">,
  stack: { readonly id: string; readonly name: string; readonly afterId: string | undefined },
  how: {
    readonly doing: string;
    readonly clock: Clock;
    readonly signal: AbortSignal;
    readonly onEvent: (event: StackEvent) => void;
  },
): Promise<void> {
  const seen: StackEvent[] = [];
  let { afterId } = stack;
  let quietCount = 0;
  for (let count = 0; count < POLL_COUNT_MAX; count += 1) {
    if (how.signal.aborted) throw left(stack.name);
    // The status first: what the events then tell is at least as new.
    const facts = await stacks.describe(stack.id);
    const events = await eventsOf(stacks, stack.id, { afterId, isGone: facts === undefined });
    for (const event of events) {
      seen.push(event);
      how.onEvent(event);
    }
    afterId = events.at(-1)?.id ?? afterId;
    quietCount = events.length === 0 ? quietCount + 1 : 0;
    const told = seen.findLast((event) => isOfStack(event, stack))?.status;
    const status = told ?? (quietCount >= QUIET_COUNT_MAX ? facts?.status : undefined);
    if (facts === undefined) return;
    if (status !== undefined && isEnd(status)) {
      if (GOOD.has(status)) return;
      throw await failure(stacks, { stack, status, seen, doing: how.doing });
    }
    await how.clock.sleep(POLL_DELAY_MS, how.signal).catch((error: unknown) => {
      throw how.signal.aborted ? left(stack.name) : error;
    });
  }
  throw new DuolakeError(
    "deploy_failed",
    `Cannot ${how.doing} the stack ${stack.name}: it has not ended within an hour; look at it in the CloudFormation console`,
  );
}

function left(name: string): DuolakeError {
  return new DuolakeError(
    "stopped",
    `Cannot wait for the stack ${name}: the program was asked to stop; the change goes on in AWS, and \`duolake info\` shows it`,
    { retryable: true },
  );
}

/** A stack that is gone may have taken its history with it. */
async function eventsOf(
  stacks: Pick<Stacks, "events">,
  id: string,
  { afterId, isGone }: { readonly afterId: string | undefined; readonly isGone: boolean },
): Promise<readonly StackEvent[]> {
  try {
    return await stacks.events(id, afterId);
  } catch (error) {
    if (isGone) return [];
    throw error;
  }
}

function isOfStack(
  { type, logicalId, physicalId }: StackEvent,
  stack: { id: string; name: string },
): boolean {
  return (
    type === "AWS::CloudFormation::Stack" &&
    (physicalId === stack.id || (physicalId === undefined && logicalId === stack.name))
  );
}

function isEnd(status: string): boolean {
  return !status.endsWith("_IN_PROGRESS");
}

async function failure(
  stacks: Pick<Stacks, "problems">,
  {
    stack,
    status,
    seen,
    doing,
  }: {
    readonly stack: { readonly id: string; readonly name: string };
    readonly status: string;
    readonly seen: readonly StackEvent[];
    readonly doing: string;
  },
): Promise<DuolakeError> {
  const first = firstFailure(seen);
  const told = first ?? seen.find((event) => event.status.endsWith("_FAILED"));
  const [problem] = first === undefined ? await stacks.problems({ stackId: stack.id }) : [];
  const why = problem === undefined ? textOf(told) : reasonInWords(problem);
  const hint = status.includes("ROLLBACK") ? "; the change was taken back" : "";
  return new DuolakeError(
    "deploy_failed",
    `Cannot ${doing} the stack ${stack.name}: ${why}${hint}, got ${status}`,
  );
}

function textOf(event: StackEvent | undefined): string {
  if (event?.reason === undefined) return "CloudFormation gives no reason";
  return reasonInWords(`${event.logicalId} (${event.type}) failed: ${event.reason}`);
}

/** The first failure of a resource; those that follow are cancelled because of it. */
export function firstFailure(events: readonly StackEvent[]): StackEvent | undefined {
  return events.find(
    ({ type, status, reason = "" }) =>
      status.endsWith("_FAILED") && type !== "AWS::CloudFormation::Stack" && !/cancelled/i.test(reason),
  );
}

/** Adds to CloudFormation's own words what can be done about it. */
export function reasonInWords(reason: string): string {
  const text = reason.replace(/\s+/g, " ").trim();
  const permission = missingPermission(text);
  if (permission !== undefined) {
    return `the permission ${permission} is missing; let an administrator grant it: ${text}`;
  }
  if (/S3::Bucket/.test(text) && /already exists|not available/i.test(text)) {
    return `the name of a bucket is taken; choose another label with --label: ${text}`;
  }
  return text;
}

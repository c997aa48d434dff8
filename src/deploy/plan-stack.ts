import { type Clock, throwIfStopped } from "../core/clock.ts";
import { DuolakeError } from "../core/errors.ts";
import { type PlannedChange, planChanges } from "./plan-changes.ts";
import { asked } from "./asked.ts";
import type { ChangeSet, ChangeSetRequest, Stacks } from "./stacks.ts";
import { reasonInWords } from "./watch-stack.ts";

/** A plan that CloudFormation holds ready. */
export interface StackPlan {
  readonly changeSetId: string;
  readonly stackId: string;
  /** Empty: there is nothing to do. */
  readonly changes: readonly PlannedChange[];
}

const POLL_DELAY_MS = 1_000;
const POLL_COUNT_MAX = 300;
/** CloudFormation has no word but this for a change set without changes. */
const NO_CHANGES = /didn't contain changes|no updates are to be performed|no changes/i;

/**
 * Lets CloudFormation compare a template and its parameters with the stack there is.
 *
 * The change set stays behind, also where this throws: `discardPlan` takes it away.
 *
 * @param made gets the ids as soon as there is something to take away
 * @throws deploy_failed where CloudFormation refuses the template, aws_forbidden and its like
 */
export async function planStack(
  stacks: Stacks,
  request: ChangeSetRequest,
  how: {
    readonly clock: Clock;
    readonly signal: AbortSignal;
    readonly made: (plan: Omit<StackPlan, "changes">) => void;
  },
): Promise<StackPlan> {
  const doing = `plan the stack ${request.stackName}`;
  const { id, stackId } = await asked(doing, () => stacks.createChangeSet(request));
  how.made({ changeSetId: id, stackId });
  for (let count = 0; count < POLL_COUNT_MAX; count += 1) {
    throwIfStopped(how.signal);
    const found = await asked(doing, () => stacks.describeChangeSet(id));
    if (found.status !== "working") {
      return { changeSetId: id, stackId, changes: await changesOf(found, { stacks, id, doing }) };
    }
    await how.clock.sleep(POLL_DELAY_MS, how.signal);
  }
  throw new DuolakeError("deploy_failed", `Cannot ${doing}: CloudFormation has not answered in five minutes`);
}

async function changesOf(
  { status, reason = "no reason given", changes }: ChangeSet,
  { stacks, id, doing }: { readonly stacks: Stacks; readonly id: string; readonly doing: string },
): Promise<PlannedChange[]> {
  if (status === "ready") return planChanges(changes);
  if (NO_CHANGES.test(reason)) return [];
  const [problem = reason] = await stacks.problems({ changeSetId: id });
  throw new DuolakeError("deploy_failed", `Cannot ${doing}: ${reasonInWords(problem)}`);
}

/** Takes a change set away, and the empty stack that was made for it, so that nothing is changed. */
export async function discardPlan(
  stacks: Stacks,
  plan: Omit<StackPlan, "changes">,
  isNewStack: boolean,
): Promise<void> {
  await asked("take the change set away", async () => {
    await stacks.deleteChangeSet(plan.changeSetId);
    if (!isNewStack) return;
    const stack = await stacks.describe(plan.stackId);
    // Another deployment may have filled it meanwhile.
    if (stack?.status === "REVIEW_IN_PROGRESS") await stacks.remove(plan.stackId);
  });
}

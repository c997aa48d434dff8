import type { DeployRequest } from "./deploy-request.ts";
import { makePlan } from "./make-plan.ts";
import { type PlannedChange, changesOfData } from "./plan-changes.ts";
import { discardPlan, type StackPlan } from "./plan-stack.ts";
import { type Preflight, preflight } from "./preflight.ts";
import type { Services } from "./services.ts";
import { neverUp } from "./stack-state.ts";

/** What a deployment would do. */
export interface StackDifference {
  readonly preflight: Preflight;
  readonly changes: readonly PlannedChange[];
  /** Those of the changes for which a deployment would be refused. */
  readonly refused: readonly PlannedChange[];
}

/**
 * Compares a directory with its deployment: by a change set that is taken away again. Nothing is changed.
 *
 * @throws as a deployment does before it changes anything
 */
export async function diffStack(
  services: Services,
  request: DeployRequest,
  signal: AbortSignal,
): Promise<StackDifference> {
  const found = await preflight(services, request);
  const { stack } = found;
  if (found.state === "never_up" && stack !== undefined) throw neverUp(stack.name, stack.status);
  const made: Omit<StackPlan, "changes">[] = [];
  const isNewStack = stack === undefined;
  const discard = async (): Promise<void> => {
    for (const plan of made) await discardPlan(services.stacks, plan, isNewStack);
  };
  let plan: StackPlan;
  try {
    plan = await makePlan(services, request, { found, signal, made: (one) => made.push(one) });
  } catch (error) {
    // The first failure is the one to tell; a change set that stays behind does nothing.
    await discard().catch(() => undefined);
    throw error;
  }
  await discard();
  return { preflight: found, changes: plan.changes, refused: changesOfData(plan.changes) };
}

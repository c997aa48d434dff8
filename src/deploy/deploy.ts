import { throwIfStopped } from "../core/clock.ts";
import type { DeployRequest } from "./deploy-request.ts";
import { makePlaceholders, type SecretPlace } from "./make-placeholders.ts";
import { makePlan } from "./make-plan.ts";
import { type PlannedChange, refuseDataLoss } from "./plan-changes.ts";
import { discardPlan, type StackPlan } from "./plan-stack.ts";
import { asked } from "./asked.ts";
import { type Preflight, preflight } from "./preflight.ts";
import type { Services } from "./services.ts";
import { neverUp, stackName } from "./stack-state.ts";
import type { StackEvent, StackFacts } from "./stacks.ts";
import { uploadDeployment } from "./upload-deployment.ts";
import { watchStack } from "./watch-stack.ts";

/** What a deployment tells and asks on its way. */
export interface DeployTalk {
  readonly signal: AbortSignal;
  /** What was found, before anything else; what it throws ends the deployment. */
  readonly found: (preflight: Preflight) => void | Promise<void>;
  readonly plan: (changes: readonly PlannedChange[]) => void;
  /** False stops the deployment before it changes anything. */
  readonly confirm: (question: string) => Promise<boolean>;
  /** One step of the work in words. */
  readonly step: (text: string) => void;
  readonly event: (event: StackEvent) => void;
}

/** How a deployment ended. */
export interface DeployOutcome {
  readonly outcome: "deployed" | "no_changes" | "planned" | "declined";
  readonly preflight: Preflight;
  readonly changes: readonly PlannedChange[];
  /** As it is at the end; undefined where there is none. */
  readonly stack: StackFacts | undefined;
  /** In the order of the directory. */
  readonly secrets: readonly SecretPlace[];
}

/**
 * Puts a directory to work in an AWS account: looks, plans, asks, uploads, changes the stack, and makes the places for secrets.
 *
 * Nothing is changed before `confirm` says yes, but for a change set that is taken away again; a template too large for one is
 * uploaded first. A secret is never overwritten. The same request again finds no changes.
 *
 * @throws deploy_refused where data would be lost or the stack cannot be changed, deploy_failed with the first reason, and what
 *   `preflight` and `talk.found` throw
 */
export async function deploy(
  services: Services,
  request: DeployRequest,
  talk: DeployTalk,
): Promise<DeployOutcome> {
  const found = await preflight(services, request, talk.step);
  await talk.found(found);
  if (found.state === "never_up" && !(await removeNeverUp(services, request, { found, talk }))) {
    return outcomeOf("declined", found, []);
  }
  // An empty stack that somebody else is about to fill is not ours to take away.
  const isNewStack = found.state !== "ready" && found.stack?.status !== "REVIEW_IN_PROGRESS";
  let pending: Omit<StackPlan, "changes"> | undefined;
  const discard = async (): Promise<void> => {
    if (pending !== undefined) await discardPlan(services.stacks, pending, isNewStack);
  };
  try {
    const plan = await makePlan(services, request, {
      found,
      signal: talk.signal,
      made: (made) => {
        pending = made;
      },
    });
    refuseDataLoss(plan.changes, stackName(request.label));
    talk.plan(plan.changes);
    const isChanged = plan.changes.length > 0;
    if (!isChanged || request.isDryRun || !(await talk.confirm(questionOf(found, request)))) {
      await discard();
      pending = undefined;
      if (request.isDryRun) return outcomeOf("planned", found, plan.changes);
      if (isChanged) return outcomeOf("declined", found, plan.changes);
    }
    throwIfStopped(talk.signal);
    await uploadDeployment(services, request, { caller: found.caller, step: talk.step });
    if (isChanged) {
      const afterId = await begin(services, plan, request.label);
      // What was executed is no plan any more.
      pending = undefined;
      await follow(services, plan, { name: stackName(request.label), afterId, talk });
    }
    const secrets = await makePlaceholders(services, request, { found: found.secrets, step: talk.step });
    const stack = await asked("read the stack", () => services.stacks.describe(stackName(request.label)));
    const outcome = isChanged ? "deployed" : "no_changes";
    return { outcome, preflight: found, changes: plan.changes, stack, secrets };
  } catch (error) {
    // The first failure is the one to tell; a change set that stays behind does nothing.
    await discard().catch(() => undefined);
    throw error;
  }
}

function outcomeOf(
  outcome: DeployOutcome["outcome"],
  found: Preflight,
  changes: readonly PlannedChange[],
): DeployOutcome {
  const secrets = found.secrets.map((secret) => ({ ...secret, isCreated: false }));
  return { outcome, preflight: found, changes, stack: found.stack, secrets };
}

function questionOf({ caller }: Preflight, { label }: DeployRequest): string {
  return `Change the stack ${stackName(label)} in account ${caller.account}, region ${caller.region}?`;
}

interface Going {
  readonly found: Preflight;
  readonly talk: DeployTalk;
}

/** A stack whose first deployment failed holds nothing, and CloudFormation changes none of its kind. */
async function removeNeverUp(
  services: Services,
  { label, isDryRun }: DeployRequest,
  { found, talk }: Going,
): Promise<boolean> {
  const name = stackName(label);
  const { id, status } = found.stack as StackFacts;
  const why = `The stack ${name} never came up (${status}): it holds nothing and must be removed first.`;
  if (isDryRun) throw neverUp(name, status);
  if (!(await talk.confirm(`${why} Remove it?`))) return false;
  talk.step(`removing the stack ${name} that never came up`);
  const afterId = await asked(`read the stack ${name}`, () => services.stacks.lastEventId(id));
  await asked(`remove the stack ${name}`, () => services.stacks.remove(id));
  const how = { doing: "remove", clock: services.clock, signal: talk.signal, onEvent: talk.event };
  await asked(`remove the stack ${name}`, () => watchStack(services.stacks, { id, name, afterId }, how));
  return true;
}

/** Starts the change; what happened to the stack before has another id than `afterId` or an earlier one. */
async function begin(services: Services, plan: StackPlan, label: string): Promise<string | undefined> {
  const { stacks } = services;
  const name = stackName(label);
  const afterId = await asked(`read the stack ${name}`, () => stacks.lastEventId(plan.stackId));
  await asked(`deploy the stack ${name}`, () => stacks.execute(plan.changeSetId));
  return afterId;
}

async function follow(
  { stacks, clock }: Services,
  { stackId: id }: StackPlan,
  {
    name,
    afterId,
    talk,
  }: { readonly name: string; readonly afterId: string | undefined; readonly talk: DeployTalk },
): Promise<void> {
  const how = { doing: "deploy", clock, signal: talk.signal, onEvent: talk.event };
  await asked(`follow the stack ${name}`, () => watchStack(stacks, { id, name, afterId }, how));
}

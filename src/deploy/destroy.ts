import { throwIfStopped } from "../core/clock.ts";
import { DuolakeError } from "../core/errors.ts";
import type { Caller } from "./identity.ts";
import { holdsData } from "./plan-changes.ts";
import { asked } from "./asked.ts";
import { otherStore, storeOfStack } from "./deployed-store.ts";
import { findCaller } from "./preflight.ts";
import type { Services } from "./services.ts";
import { stackName, stackState } from "./stack-state.ts";
import type { StackEvent, StackFacts, StackResource } from "./stacks.ts";
import { codeBucketName } from "./upload-deployment.ts";
import { watchStack } from "./watch-stack.ts";

/** Which deployment is to be removed. */
export interface DestroyRequest {
  readonly label: string;
  /** Logical ids that the template keeps. */
  readonly retained: readonly string[];
  /** Removes the events, the code and the secrets as well. */
  readonly isWithData: boolean;
}

/** What would be removed, and what would stay. */
export interface DestroyPlan {
  readonly caller: Caller;
  readonly stack: StackFacts;
  readonly removed: readonly StackResource[];
  /** What the stack leaves behind. */
  readonly retained: readonly StackResource[];
  readonly codeBucket: string;
  /** Names of the secrets, in the store that the stack uses. */
  readonly secrets: readonly string[];
  /**
   * Names in the store that the stack does not use: a deployment that changed the store left them there. They stay in any case. Undefined
   * where they could not be listed.
   */
  readonly formerSecrets: readonly string[] | undefined;
  /** How many days a removed one can be restored; 0 where it is gone at once. */
  readonly secretRecoveryDayCount: number;
}

/** What a removal tells on its way. */
export interface DestroyTalk {
  readonly signal: AbortSignal;
  readonly step: (text: string) => void;
  readonly event: (event: StackEvent) => void;
}

/**
 * Finds out what belongs to a deployment. Nothing is changed.
 *
 * @throws stack_not_found; deploy_refused where the stack is none of ours or another deployment is at work on it
 */
export async function planDestroy(services: Services, request: DestroyRequest): Promise<DestroyPlan> {
  const { label } = request;
  const name = stackName(label);
  const caller = await findCaller(services);
  const stack = await findStack(services, { label, caller });
  stackState(stack, label, "remove");
  const resources = await asked(`read the stack ${name}`, () => services.stacks.resources(stack.id));
  const there = resources.filter(({ status }) => status !== "DELETE_COMPLETE");
  const stays = ({ logicalId, type }: StackResource): boolean =>
    holdsData(type) || request.retained.includes(logicalId);
  const names = services.secretNames(storeOfStack(stack));
  const secrets = await asked("list the secrets", () => names.list(label));
  const former = services.secretNames(otherStore(storeOfStack(stack)));
  // Whoever uses one store need not be allowed to look into the other.
  const formerSecrets = await former.list(label).catch(() => undefined);
  return {
    caller,
    stack,
    removed: there.filter((resource) => !stays(resource)),
    retained: there.filter(stays),
    codeBucket: codeBucketName(label, caller),
    secrets,
    formerSecrets,
    secretRecoveryDayCount: names.recoveryDayCount,
  };
}

/**
 * Finds a deployment's stack.
 *
 * @throws stack_not_found, naming account and region
 */
export async function findStack(
  services: Pick<Services, "stacks">,
  { label, caller }: { readonly label: string; readonly caller: Caller },
): Promise<StackFacts> {
  const name = stackName(label);
  const stack = await asked(`read the stack ${name}`, () => services.stacks.describe(name));
  if (stack !== undefined) return stack;
  throw new DuolakeError(
    "stack_not_found",
    `Cannot find the stack ${name}: there is none in account ${caller.account}, region ${caller.region}; --label, --region and --profile name another one`,
  );
}

/**
 * Removes a deployment: the stack by its id, then, where that is asked for, what it left behind.
 *
 * @throws deploy_failed with the first reason, aws_refused and its like
 */
export async function destroy(
  services: Services,
  {
    plan,
    request,
    talk,
  }: { readonly plan: DestroyPlan; readonly request: DestroyRequest; readonly talk: DestroyTalk },
): Promise<void> {
  const { stacks, clock } = services;
  const { id, name } = plan.stack;
  const afterId = await asked(`read the stack ${name}`, () => stacks.lastEventId(id));
  await asked(`remove the stack ${name}`, () => stacks.remove(id));
  const how = { doing: "remove", clock, signal: talk.signal, onEvent: talk.event };
  await asked(`follow the stack ${name}`, () => watchStack(stacks, { id, name, afterId }, how));
  // Only now does nothing write any more.
  if (request.isWithData) await removeData(services, plan, talk);
}

async function removeData(services: Services, plan: DestroyPlan, talk: DestroyTalk): Promise<void> {
  const named = (type: string): string[] =>
    plan.retained.flatMap((resource) => (resource.type === type ? (resource.physicalId ?? []) : []));
  for (const name of named("AWS::Glue::Database")) {
    throwIfStopped(talk.signal);
    await asked(`remove the Glue database ${name}`, () => services.catalog.removeDatabase(name));
    talk.step(`removed the Glue database ${name}`);
  }
  for (const bucket of [...named("AWS::S3::Bucket"), plan.codeBucket]) {
    await asked(`remove the bucket ${bucket}`, () => removeBucket(services, bucket, talk));
    talk.step(`removed the bucket ${bucket}`);
  }
  const names = services.secretNames(storeOfStack(plan.stack));
  for (const secret of plan.secrets) {
    throwIfStopped(talk.signal);
    await asked(`remove the secret ${secret}`, () => names.remove(secret));
    const days = plan.secretRecoveryDayCount;
    talk.step(
      days === 0 ? `removed the secret ${secret}` : `the secret ${secret} is deleted in ${days} days`,
    );
  }
}

/** 1,000 versions each: a hundred million of them. */
const PAGE_COUNT_MAX = 100_000;

async function removeBucket({ buckets }: Services, bucket: string, talk: DestroyTalk): Promise<void> {
  let count = 0;
  for (let page = 0; page < PAGE_COUNT_MAX; page += 1) {
    throwIfStopped(talk.signal);
    const versions = await buckets.versions(bucket);
    if (versions.length === 0) break;
    await buckets.removeVersions(bucket, versions);
    count += versions.length;
    if (page % 10 === 9) talk.step(`removing ${bucket}: ${count} objects so far`);
  }
  await buckets.remove(bucket);
}

import type {
  ChangeSet,
  ChangeSetRequest,
  ResourceChange,
  StackEvent,
  StackFacts,
  StackResource,
  Stacks,
} from "../../../src/deploy/stacks.ts";

interface FakeResource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}
interface FakeTemplate {
  readonly Conditions?: Readonly<Record<string, { readonly "Fn::Equals": readonly [unknown, unknown] }>>;
  readonly Parameters?: Readonly<Record<string, { readonly Default?: string }>>;
  readonly Resources: Readonly<Record<string, FakeResource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
}

interface FakeStack {
  facts: StackFacts;
  resources: Map<string, { readonly type: string; readonly properties: string; readonly isKept: boolean }>;
  events: StackEvent[];
  /** What happens with each look at it, one after the other. */
  coming: (() => void)[];
}

interface Pending {
  readonly request: ChangeSetRequest;
  readonly stackId: string;
  readonly set: ChangeSet;
}

/** A CloudFormation in memory. */
export interface FakeStacks extends Stacks {
  /** The requests that change something, in order. */
  readonly ledger: string[];
  readonly stacks: Map<string, FakeStack>;
  readonly changeSets: Map<string, Pending>;
  /** The next execution fails at this resource and is taken back. */
  failAt: { readonly logicalId: string; readonly reason: string } | undefined;
  /** Changes that come with the next change set, whatever the template says. */
  readonly extra: ResourceChange[];
}

/** Properties that CloudFormation cannot change in place. */
const REPLACING: ReadonlySet<string> = new Set(["BucketName", "QueueName"]);

/**
 * Starts with no stacks. What the deployer relies on is kept: change sets are made of template and parameters, an empty one fails
 * with CloudFormation's words, a change goes on while one looks, the first failure takes it back, and a stack that never came up
 * takes no change.
 */
export function fakeStacks(nowMs: () => number): FakeStacks {
  const stacks = new Map<string, FakeStack>();
  const changeSets = new Map<string, Pending>();
  const ledger: string[] = [];
  const extra: ResourceChange[] = [];
  let count = 0;
  const next = (): number => (count += 1);
  const find = (nameOrId: string): FakeStack | undefined =>
    stacks.get(nameOrId) ?? [...stacks.values()].find(({ facts }) => facts.id === nameOrId);
  const must = (nameOrId: string): FakeStack => {
    const stack = find(nameOrId);
    if (stack === undefined) throw refusal("ValidationError", `Stack with id ${nameOrId} does not exist`);
    return stack;
  };
  const tell = (stack: FakeStack, logicalId: string, type: string, status: string, reason?: string): void => {
    const isStack = type === "AWS::CloudFormation::Stack";
    const physicalId = isStack ? stack.facts.id : `${logicalId}-1`;
    stack.events.push({ id: `event-${next()}`, atMs: nowMs(), logicalId, physicalId, type, status, reason });
    if (isStack) stack.facts = { ...stack.facts, status };
  };
  const tellStack = (stack: FakeStack, status: string, reason?: string): void =>
    tell(stack, stack.facts.name, "AWS::CloudFormation::Stack", status, reason);

  const fake: FakeStacks = {
    ledger,
    stacks,
    changeSets,
    failAt: undefined,
    extra,
    describe: async (nameOrId) => {
      const stack = find(nameOrId);
      stack?.coming.shift()?.();
      return find(nameOrId)?.facts;
    },
    createChangeSet: async (request) => {
      ledger.push(`createChangeSet ${request.kind}`);
      let stack = stacks.get(request.stackName);
      if (request.kind === "UPDATE" && stack === undefined) must(request.stackName);
      if (stack !== undefined && request.kind === "CREATE" && stack.facts.status !== "REVIEW_IN_PROGRESS") {
        throw refusal("ValidationError", `Stack ${request.stackName} is in ${stack.facts.status} state`);
      }
      if (stack === undefined) {
        stack = newStack(request, `arn:stack/${request.stackName}/${next()}`, nowMs());
        stacks.set(request.stackName, stack);
      }
      const id = `arn:changeSet/${request.name}`;
      const changes = [...changesOf(stack, request), ...extra.splice(0)];
      const isEmpty = changes.length === 0;
      const reason = isEmpty ? "The submitted information didn't contain changes." : undefined;
      const set: ChangeSet = { status: isEmpty ? "failed" : "ready", reason, changes };
      changeSets.set(id, { request, stackId: stack.facts.id, set });
      return { id, stackId: stack.facts.id };
    },
    describeChangeSet: async (id) => (changeSets.get(id) as Pending).set,
    deleteChangeSet: async (id) => {
      ledger.push("deleteChangeSet");
      if (!changeSets.delete(id)) throw refusal("ChangeSetNotFound", `ChangeSet [${id}] does not exist`);
    },
    execute: async (id) => {
      ledger.push("execute");
      const { request, stackId } = changeSets.get(id) as Pending;
      changeSets.delete(id);
      const stack = must(stackId);
      const verb = request.kind === "CREATE" ? "CREATE" : "UPDATE";
      const wanted = resourcesOf(request);
      const { failAt } = fake;
      fake.failAt = undefined;
      const before = stack.facts.status;
      // As in AWS: for a moment the stack still has its old status.
      stack.coming.push(() => undefined);
      stack.coming.push(() => {
        tellStack(stack, `${verb}_IN_PROGRESS`);
        for (const [logicalId, { type }] of wanted) tell(stack, logicalId, type, `${verb}_IN_PROGRESS`);
      });
      stack.coming.push(() => {
        if (failAt === undefined) {
          for (const [logicalId, { type }] of wanted) tell(stack, logicalId, type, `${verb}_COMPLETE`);
          stack.resources = wanted;
          stack.facts = { ...stack.facts, parameters: request.parameters, outputs: outputsOf(request) };
          tellStack(stack, `${verb}_COMPLETE`);
          return;
        }
        const failed = wanted.get(failAt.logicalId);
        tell(stack, failAt.logicalId, failed?.type ?? "", `${verb}_FAILED`, failAt.reason);
        tell(stack, "Other", "AWS::SQS::Queue", `${verb}_FAILED`, "Resource creation cancelled");
        tellStack(stack, before === "REVIEW_IN_PROGRESS" ? "ROLLBACK_COMPLETE" : "UPDATE_ROLLBACK_COMPLETE");
      });
    },
    events: async (id, afterId) => {
      const { events } = must(id);
      return events.slice(events.findIndex((event) => event.id === afterId) + 1);
    },
    lastEventId: async (id) => must(id).events.at(-1)?.id,
    problems: async () => [],
    resources: async (id): Promise<StackResource[]> =>
      [...must(id).resources].map(([logicalId, { type }]) => ({
        logicalId,
        physicalId: `${logicalId}-1`,
        type,
        status: "CREATE_COMPLETE",
      })),
    remove: async (id) => {
      ledger.push(`remove ${must(id).facts.name}`);
      const stack = must(id);
      if (stack.facts.status === "REVIEW_IN_PROGRESS") {
        stacks.delete(stack.facts.name);
        return;
      }
      const { failAt } = fake;
      fake.failAt = undefined;
      stack.coming.push(() => tellStack(stack, "DELETE_IN_PROGRESS"));
      stack.coming.push(() => {
        if (failAt !== undefined) {
          const type = stack.resources.get(failAt.logicalId)?.type ?? "";
          tell(stack, failAt.logicalId, type, "DELETE_FAILED", failAt.reason);
          tellStack(stack, "DELETE_FAILED");
          return;
        }
        for (const [logicalId, { type, isKept }] of stack.resources) {
          tell(stack, logicalId, type, isKept ? "DELETE_SKIPPED" : "DELETE_COMPLETE");
        }
        tellStack(stack, "DELETE_COMPLETE");
        stacks.delete(stack.facts.name);
      });
    },
  };
  return fake;
}

function newStack({ stackName: name, tags }: ChangeSetRequest, id: string, updatedAtMs: number): FakeStack {
  const status = "REVIEW_IN_PROGRESS";
  const facts = { id, name, status, statusReason: undefined, tags, parameters: {}, outputs: {}, updatedAtMs };
  return { facts, resources: new Map(), events: [], coming: [] };
}

function templateOf({ template }: ChangeSetRequest): FakeTemplate {
  if (!("body" in template)) throw new Error("the fake reads no template from a bucket");
  return JSON.parse(template.body) as FakeTemplate;
}

/** Puts the parameters in the place of references. */
function resolved(value: unknown, request: ChangeSetRequest): string {
  const defaults = templateOf(request).Parameters ?? {};
  const text = JSON.stringify(value ?? {});
  return text.replace(/\{"Ref":"(\w+)"\}/g, (_, name: string) =>
    JSON.stringify(request.parameters[name] ?? defaults[name]?.Default ?? name),
  );
}

function resourcesOf(request: ChangeSetRequest): FakeStack["resources"] {
  const { Resources, Conditions = {} } = templateOf(request);
  const holds = (name: string): boolean => {
    const [left, right] = JSON.parse(resolved(Conditions[name]?.["Fn::Equals"], request)) as [string, string];
    return left === right;
  };
  const entries = Object.entries(Resources).filter(
    ([, { Condition }]) => Condition === undefined || holds(Condition),
  );
  return new Map(
    entries.map(([id, { Type, Properties, DeletionPolicy = "" }]) => [
      id,
      { type: Type, properties: resolved(Properties, request), isKept: DeletionPolicy.startsWith("Retain") },
    ]),
  );
}

function outputsOf(request: ChangeSetRequest): Record<string, string> {
  const outputs = Object.entries(templateOf(request).Outputs ?? {});
  return Object.fromEntries(
    outputs.map(([name, { Value }]) => [name, JSON.parse(resolved(Value, request)) as string]),
  );
}

function changesOf(stack: FakeStack, request: ChangeSetRequest): ResourceChange[] {
  const wanted = resourcesOf(request);
  const change = (
    action: ResourceChange["action"],
    logicalId: string,
    properties: readonly string[] = [],
  ): ResourceChange => ({
    action,
    replacement: properties.some((name) => REPLACING.has(name)) ? "True" : "False",
    logicalId,
    type: (wanted.get(logicalId) ?? stack.resources.get(logicalId))?.type ?? "",
    physicalId: action === "Add" ? undefined : `${logicalId}-1`,
    properties,
  });
  const changes: ResourceChange[] = [];
  for (const [id, { properties }] of wanted) {
    const before = stack.resources.get(id);
    if (before === undefined) changes.push(change("Add", id));
    else if (before.properties !== properties)
      changes.push(change("Modify", id, changed(before.properties, properties)));
  }
  for (const id of stack.resources.keys()) if (!wanted.has(id)) changes.push(change("Remove", id));
  return changes;
}

function changed(before: string, after: string): string[] {
  const [old, now] = [before, after].map((text) => JSON.parse(text) as Record<string, unknown>);
  return Object.keys(now ?? {}).filter((name) => JSON.stringify(old?.[name]) !== JSON.stringify(now?.[name]));
}

function refusal(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

import type { Change, CloudFormationClient, Stack } from "@aws-sdk/client-cloudformation";
import { type AwsAccess, clientOpener } from "./open-client.ts";
import type { ChangeSet, ResourceChange, StackEvent, StackFacts, StackResource, Stacks } from "./stacks.ts";

type Package = typeof import("@aws-sdk/client-cloudformation");
type Open = () => Promise<{ readonly api: Package; readonly client: CloudFormationClient }>;

/** 100 changes, events or resources to a page; a template holds 500 resources at most. */
const PAGE_COUNT_MAX = 100;

/** The stacks of AWS CloudFormation. The SDK's package is loaded with the first request. */
export function cloudFormationStacks(access: AwsAccess): Stacks {
  const open: Open = clientOpener("@aws-sdk/client-cloudformation", {
    access,
    load: () => import("@aws-sdk/client-cloudformation"),
    create: (api, settings) => new api.CloudFormationClient(settings),
  });
  return {
    describe: async (StackName) => {
      const { api, client } = await open();
      try {
        const { Stacks: found } = await client.send(new api.DescribeStacksCommand({ StackName }));
        const stack = found?.[0];
        return stack === undefined || stack.StackStatus === "DELETE_COMPLETE" ? undefined : factsOf(stack);
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw error;
      }
    },
    ...changeSets(open),
    ...histories(open),
    remove: async (StackName) => {
      const { api, client } = await open();
      await client.send(new api.DeleteStackCommand({ StackName }));
    },
  };
}

function changeSets(
  open: Open,
): Pick<Stacks, "createChangeSet" | "describeChangeSet" | "deleteChangeSet" | "execute"> {
  return {
    createChangeSet: async ({ stackName, name, kind, template, parameters, tags }) => {
      const { api, client } = await open();
      const { Id, StackId } = await client.send(
        new api.CreateChangeSetCommand({
          StackName: stackName,
          ChangeSetName: name,
          // A repeated request after a lost answer finds the first one's change set.
          ClientToken: name,
          ChangeSetType: kind,
          ...("body" in template ? { TemplateBody: template.body } : { TemplateURL: template.url }),
          Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
            ParameterKey,
            ParameterValue,
          })),
          Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
          Capabilities: ["CAPABILITY_NAMED_IAM"],
          // What a removed deployment left behind, its bucket first of all, is taken up again.
          ImportExistingResources: true,
        }),
      );
      return { id: Id ?? name, stackId: StackId ?? stackName };
    },
    describeChangeSet: async (ChangeSetName) => {
      const { api, client } = await open();
      const changes: ResourceChange[] = [];
      let next: string | undefined;
      for (let page = 0; page < PAGE_COUNT_MAX; page += 1) {
        const answer = await client.send(
          new api.DescribeChangeSetCommand({ ChangeSetName, NextToken: next }),
        );
        changes.push(...(answer.Changes ?? []).flatMap(changeOf));
        next = answer.NextToken || undefined;
        if (next === undefined) {
          return { status: statusOf(answer.Status), reason: answer.StatusReason || undefined, changes };
        }
      }
      throw new RangeError(`Cannot read the change set: it has more than ${PAGE_COUNT_MAX} pages`);
    },
    deleteChangeSet: async (ChangeSetName) => {
      const { api, client } = await open();
      await client.send(new api.DeleteChangeSetCommand({ ChangeSetName }));
    },
    execute: async (ChangeSetName) => {
      const { api, client } = await open();
      await client.send(new api.ExecuteChangeSetCommand({ ChangeSetName }));
    },
  };
}

function histories(open: Open): Pick<Stacks, "events" | "lastEventId" | "problems" | "resources"> {
  return {
    events: async (StackName, afterId) => {
      const { api, client } = await open();
      const events: StackEvent[] = [];
      let next: string | undefined;
      for (let page = 0; page < PAGE_COUNT_MAX; page += 1) {
        const answer = await client.send(new api.DescribeStackEventsCommand({ StackName, NextToken: next }));
        for (const event of answer.StackEvents ?? []) {
          // They come newest first.
          if (event.EventId === afterId) return events.toReversed();
          events.push({
            id: event.EventId ?? "",
            atMs: event.Timestamp?.getTime() ?? 0,
            logicalId: event.LogicalResourceId ?? "",
            physicalId: event.PhysicalResourceId || undefined,
            type: event.ResourceType ?? "",
            status: event.ResourceStatus ?? "",
            reason: event.ResourceStatusReason || undefined,
          });
        }
        next = answer.NextToken || undefined;
        if (next === undefined) break;
      }
      return events.toReversed();
    },
    lastEventId: async (StackName) => {
      const { api, client } = await open();
      const { StackEvents } = await client.send(new api.DescribeStackEventsCommand({ StackName }));
      return StackEvents?.[0]?.EventId;
    },
    problems: async (of) => {
      const { api, client } = await open();
      const what = "stackId" in of ? { StackName: of.stackId } : { ChangeSetName: of.changeSetId };
      try {
        const Filters = { FailedEvents: true };
        const { OperationEvents = [] } = await client.send(
          new api.DescribeEventsCommand({ ...what, Filters }),
        );
        return OperationEvents.filter(({ EventType }) => EventType === "VALIDATION_ERROR").map(
          ({ LogicalResourceId = "", ResourceType = "", ValidationStatusReason = "" }) =>
            `${LogicalResourceId} (${ResourceType}) failed: ${ValidationStatusReason}`,
        );
      } catch {
        // It only explains a failure, which is told in any case, and takes a permission of its own.
        return [];
      }
    },
    resources: async (StackName) => {
      const { api, client } = await open();
      const resources: StackResource[] = [];
      let next: string | undefined;
      for (let page = 0; page < PAGE_COUNT_MAX; page += 1) {
        const answer = await client.send(new api.ListStackResourcesCommand({ StackName, NextToken: next }));
        for (const resource of answer.StackResourceSummaries ?? []) {
          resources.push({
            logicalId: resource.LogicalResourceId ?? "",
            physicalId: resource.PhysicalResourceId || undefined,
            type: resource.ResourceType ?? "",
            status: resource.ResourceStatus ?? "",
          });
        }
        next = answer.NextToken || undefined;
        if (next === undefined) break;
      }
      return resources;
    },
  };
}

/** CloudFormation has no error of its own for a stack that is not there. */
function isAbsent(error: unknown): boolean {
  const { name, message = "" } = error as { readonly name?: string; readonly message?: string };
  return name === "ValidationError" && /does not exist/i.test(message);
}

function factsOf(stack: Stack): StackFacts {
  return {
    id: stack.StackId ?? "",
    name: stack.StackName ?? "",
    status: stack.StackStatus ?? "",
    statusReason: stack.StackStatusReason || undefined,
    tags: record((stack.Tags ?? []).map(({ Key, Value }) => [Key, Value])),
    parameters: record(
      (stack.Parameters ?? []).map(({ ParameterKey, ParameterValue }) => [ParameterKey, ParameterValue]),
    ),
    outputs: record((stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue])),
    updatedAtMs: (stack.LastUpdatedTime ?? stack.CreationTime)?.getTime(),
  };
}

function record(
  entries: readonly (readonly [string | undefined, string | undefined])[],
): Record<string, string> {
  return Object.fromEntries(entries.map(([key, value]) => [key ?? "", value ?? ""]));
}

function statusOf(status: string | undefined): ChangeSet["status"] {
  if (status === "CREATE_COMPLETE") return "ready";
  return status === "CREATE_PENDING" || status === "CREATE_IN_PROGRESS" ? "working" : "failed";
}

function changeOf({ ResourceChange: change }: Change): ResourceChange[] {
  if (change === undefined) return [];
  const { Action, Replacement, LogicalResourceId, PhysicalResourceId, ResourceType, Details } = change;
  const properties = (Details ?? []).flatMap(({ Target }) =>
    Target?.Attribute === "Properties" ? [Target.Name ?? Target.Path ?? ""] : [Target?.Attribute ?? ""],
  );
  return [
    {
      action: Action === undefined || Action === "SyncWithActual" ? "Modify" : Action,
      replacement: Replacement ?? "False",
      logicalId: LogicalResourceId ?? "",
      type: ResourceType ?? "",
      physicalId: PhysicalResourceId || undefined,
      properties: [...new Set(properties)].filter((name) => name !== "").sort(),
    },
  ];
}

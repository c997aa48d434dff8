import type { Config } from "../../../src/config/config.ts";
import { deploy, type DeployOutcome } from "../../../src/deploy/deploy.ts";
import type { DeployRequest } from "../../../src/deploy/deploy-request.ts";
import type { FakeAccount } from "./fake-account.ts";

/** A template with what matters to a deployer: data, a condition, something to replace. */
export const TEMPLATE: {
  readonly Parameters: Readonly<Record<string, { readonly Type: string; readonly Default?: string }>>;
} & Readonly<Record<string, unknown>> = {
  Parameters: Object.fromEntries(
    [
      ["Label"],
      ["CodeBucket"],
      ["CodeKey"],
      ["ConfigKey"],
      ["Database", "matano"],
      ["CreateDatabase", "true"],
      ["IntervalMinutes", "5"],
      ["MaintainMinutes", "360"],
      ...[1, 2, 3, 4, 5].map((index) => [`Source${index}`, ""]),
      ["UseDispatcher", "false"],
      ["AlarmEmail", ""],
      ["HeartbeatEnabled", "false"],
      ["MaxConcurrency", "10"],
      ["DuoEndpointUrl", ""],
      ["SecretStore", "secretsmanager"],
    ].map(([name, value]) => [name, { Type: "String", ...(value !== undefined && { Default: value }) }]),
  ) as Record<string, { Type: string; Default?: string }>,
  Conditions: { MakesDatabase: { "Fn::Equals": [{ Ref: "CreateDatabase" }, "true"] } },
  Resources: {
    LakeBucket: {
      Type: "AWS::S3::Bucket",
      DeletionPolicy: "RetainExceptOnCreate",
      Properties: { BucketName: { Ref: "Label" } },
    },
    Database: {
      Type: "AWS::Glue::Database",
      Condition: "MakesDatabase",
      DeletionPolicy: "RetainExceptOnCreate",
      Properties: { DatabaseInput: { Ref: "Database" } },
    },
    PullFunction: {
      Type: "AWS::Lambda::Function",
      Properties: { Code: { Ref: "CodeKey" }, Env: { Ref: "ConfigKey" } },
    },
    HeartbeatAlarm: {
      Type: "AWS::CloudWatch::Alarm",
      Properties: { ActionsEnabled: { Ref: "HeartbeatEnabled" } },
    },
    PullQueue: { Type: "AWS::SQS::Queue", Properties: { QueueName: { Ref: "MaxConcurrency" } } },
  },
  Outputs: { DatabaseName: { Value: { Ref: "Database" } }, WorkgroupName: { Value: "duolake_main" } },
};

/** A configuration as loading a directory gives it, with these log sources. */
export function configOf(names: readonly string[] = ["duo"], more: Partial<Config> = {}): Config {
  return {
    dir: "/srv/logs",
    lake: { warehouse: "/srv/logs/lake", database: "matano", catalog: { type: "folder" } },
    secrets: { store: "local", label: "main" },
    pull: {
      intervalMs: 300_000,
      lookBackMs: 3_600_000,
      backfillMs: 0,
      holdAfter429Ms: 60_000,
      failingAfterMs: 900_000,
    },
    logSources: names.map((name) => ({
      name,
      apiHostname: "api-eac94d5a.duosecurity.com",
      integrationKey: "DI62OFKPBEXHLW1DOB8A",
      adminStream: "auto",
      tables: [{ name: "auth", resolvedName: `${name}_auth`, columns: [] }],
    })),
    warnings: [],
    ...more,
  };
}

/** What is deployed unless a test says otherwise. */
export function requestOf(more: Partial<DeployRequest> = {}): DeployRequest {
  return {
    config: configOf(),
    label: "main",
    template: {
      body: JSON.stringify(TEMPLATE),
      sha256: "t1",
      parameters: Object.keys(TEMPLATE.Parameters),
      retained: ["LakeBucket", "Database"],
    },
    code: { bytes: new Uint8Array(2048), sha256: "c0de" },
    document: { bytes: new Uint8Array(10), sha256: "c0f1" },
    settings: {},
    duoEndpointUrl: "",
    isDryRun: false,
    ...more,
  };
}

/** What a deployment said. */
export interface Talked {
  readonly asked: string[];
  readonly steps: string[];
  readonly events: string[];
}

/** Deploys to the account; `answer` is what the operator says. */
export async function deployTo(
  account: FakeAccount,
  request: DeployRequest = requestOf(),
  how: { readonly answer?: boolean; readonly signal?: AbortSignal; readonly talked?: Talked } = {},
): Promise<DeployOutcome> {
  const talked = how.talked ?? { asked: [], steps: [], events: [] };
  return deploy(account.services, request, {
    signal: how.signal ?? new AbortController().signal,
    found: () => undefined,
    plan: () => undefined,
    confirm: async (question) => {
      talked.asked.push(question);
      return how.answer ?? true;
    },
    step: (text) => void talked.steps.push(text),
    event: ({ logicalId, status }) => void talked.events.push(`${logicalId} ${status}`),
  });
}

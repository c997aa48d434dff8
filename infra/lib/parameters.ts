import { CfnCondition, CfnParameter, type CfnParameterProps, Fn, type Stack } from "aws-cdk-lib";

/** With more log sources than this the dispatcher spreads the messages: a rule has room for five targets. */
export const SOURCE_COUNT_MAX = 5;

/** CloudWatch takes these and no others. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
].map(String);
const BOOLEAN = { type: "String", allowedValues: ["true", "false"] };

const PARAMETERS: Readonly<Record<string, CfnParameterProps>> = {
  Label: {
    type: "String",
    default: "main",
    allowedPattern: "[a-z0-9][a-z0-9-]{0,30}",
    description: "Tells deployments of one account apart; part of every name.",
  },
  CodeBucket: { type: "String", description: "Bucket with the code and the configuration." },
  CodeKey: { type: "String", description: "Key of the code in the bucket: lambda/<sha256>.zip" },
  ConfigKey: { type: "String", description: "Key of the configuration in the bucket: config/<sha256>.json" },
  Database: {
    type: "String",
    default: "matano",
    allowedPattern: "[a-z0-9_]{1,128}",
    description: "Glue database of the tables.",
  },
  CreateDatabase: {
    ...BOOLEAN,
    default: "true",
    description: "false: the database is there already and no part of the stack.",
  },
  // CloudWatch looks back a day at most, and the heartbeat six intervals.
  IntervalMinutes: {
    type: "Number",
    default: 5,
    minValue: 1,
    maxValue: 240,
    description: "Minutes from one pull to the next.",
  },
  MaintainMinutes: {
    type: "Number",
    default: 360,
    minValue: 15,
    maxValue: 360,
    description: "Minutes from one maintenance to the next.",
  },
  ...Object.fromEntries(
    sourceNumbers().map((number) => [
      `Source${number}`,
      { type: "String", default: "", description: "Name of a log source; empty when unused." },
    ]),
  ),
  UseDispatcher: {
    ...BOOLEAN,
    default: "false",
    description: "true above five log sources: a function sends the messages instead of the rule.",
  },
  AlarmEmail: { type: "String", default: "", description: "Gets the alarms; empty for nobody." },
  HeartbeatEnabled: {
    ...BOOLEAN,
    default: "false",
    description: "true once a secret is populated: arms the alarm for missing pulls.",
  },
  // Lambda takes 2 to 1,000 for a queue.
  MaxConcurrency: {
    type: "Number",
    default: 10,
    minValue: 2,
    maxValue: 1000,
    description: "Log sources, or shards of them, that are pulled at once.",
  },
  MemoryMiB: {
    type: "Number",
    default: 1024,
    minValue: 512,
    maxValue: 10240,
    description: "Memory of the functions.",
  },
  DuoEndpointUrl: { type: "String", default: "", description: "For tests: where Duo is asked." },
  LogRetentionDays: {
    type: "Number",
    default: 30,
    allowedValues: RETENTION_DAYS,
    description: "Days that the functions' logs are kept.",
  },
  SecretStore: {
    type: "String",
    default: "secretsmanager",
    allowedValues: ["secretsmanager", "ssm"],
    description: "Where the secret keys are: AWS Secrets Manager or the Parameter Store.",
  },
};

/** The numbers of the parameters `Source1` to `Source5`. */
export function sourceNumbers(): number[] {
  return Array.from({ length: SOURCE_COUNT_MAX }, (_, index) => index + 1);
}

/** Declares the parameters and the conditions that are drawn from them; the rest of the template names both by their ids. */
export function declareParameters(stack: Stack): void {
  for (const [name, properties] of Object.entries(PARAMETERS)) new CfnParameter(stack, name, properties);
  const is = (parameter: string, value: string) => Fn.conditionEquals(Fn.ref(parameter), value);
  // A condition must not have the name of a parameter.
  const conditions = {
    MakesDatabase: is("CreateDatabase", "true"),
    HasDispatcher: is("UseDispatcher", "true"),
    HasAlarmEmail: Fn.conditionNot(is("AlarmEmail", "")),
    HasDuoEndpoint: Fn.conditionNot(is("DuoEndpointUrl", "")),
    HeartbeatArmed: is("HeartbeatEnabled", "true"),
    EveryMinute: is("IntervalMinutes", "1"),
    EveryTwoMinutes: Fn.conditionOr(is("IntervalMinutes", "1"), is("IntervalMinutes", "2")),
    UsesParameterStore: is("SecretStore", "ssm"),
    ...Object.fromEntries(
      sourceNumbers().map((number) => [`HasSource${number}`, Fn.conditionNot(is(`Source${number}`, ""))]),
    ),
  };
  for (const [name, expression] of Object.entries(conditions)) new CfnCondition(stack, name, { expression });
}

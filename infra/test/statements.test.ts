import assert from "node:assert/strict";
import { test } from "node:test";
import { readTemplate, resourcesOf } from "./read-template.ts";

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal?: unknown;
  readonly Action: string | readonly string[];
  readonly Resource?: unknown;
  readonly Condition?: unknown;
}

/** The prefixes below which a statement may allow everything. `<X>` is a reference, or an attribute's resource. */
const PREFIXES: readonly string[] = [
  "arn:<AWS::Partition>:s3:::<CodeBucket>/config/*",
  "<LakeBucket.Arn>/lake/*",
  "<LakeBucket.Arn>/status/*",
  "arn:<AWS::Partition>:glue:<AWS::Region>:<AWS::AccountId>:table/<Database>/*",
  "arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:duolake/<Label>/*",
  "arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/duolake/<Label>/*",
];

/** Both branches of a choice, one after the other. */
function branches(value: unknown): unknown[] {
  const choice = (value as { readonly "Fn::If"?: readonly unknown[] })["Fn::If"];
  return choice === undefined ? [value] : choice.slice(1).flatMap(branches);
}

function statementsIn(value: unknown): Statement[] {
  if (Array.isArray(value)) return value.flatMap(statementsIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "Statement" ? ((inner as unknown[]).flatMap(branches) as Statement[]) : statementsIn(inner),
  );
}

/** An ARN as text. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value.replace(/\$\{([^}]+)\}/g, "<$1>");
  const [[kind, inner] = ["", ""]] = Object.entries(value as object) as [string, unknown][];
  if (kind === "Ref") return `<${String(inner)}>`;
  if (kind === "Fn::GetAtt") return `<${(inner as string[]).join(".")}>`;
  if (kind === "Fn::Sub") return textOf(inner);
  assert.equal(kind, "Fn::Join");
  const [separator, parts] = inner as [string, unknown[]];
  return parts.map(textOf).join(separator);
}

function listOf<Item>(value: Item | readonly Item[]): readonly Item[] {
  return Array.isArray(value) ? value : [value as Item];
}

const all = statementsIn(readTemplate().Resources);
const allowed = all.filter(({ Effect }) => Effect === "Allow");

function actionsOf(role: string): string[] {
  const properties = readTemplate().Resources[role]?.Properties as { readonly Policies: unknown };
  return [...new Set(statementsIn(properties.Policies).flatMap(({ Action }) => listOf(Action)))].sort();
}

test("every statement is looked at: 18 of roles and both stores of secrets, 3 of trust, 3 of services, 5 refusals", () => {
  assert.deepEqual([all.length, allowed.length], [29, 24]);
});

test("no statement allows a wildcard action", () => {
  for (const { Sid, Action } of allowed) {
    for (const action of listOf(Action)) assert.match(action, /^[a-z0-9]+:[A-Za-z]+$/, Sid);
  }
});

test("no statement allows a wildcard resource but below the listed prefixes, and each of these is in use", () => {
  const found = allowed
    .flatMap(({ Resource = [] }) => listOf(Resource).map(textOf))
    .filter((arn) => arn.includes("*"));
  assert.deepEqual([...new Set(found)].sort(), [...PREFIXES].sort());
});

test("no statement allows everyone, and services only on behalf of this account", () => {
  const ofResources = allowed.filter(
    ({ Principal, Action }) => Principal !== undefined && Action !== "sts:AssumeRole",
  );
  assert.equal(ofResources.length, 3);
  for (const { Principal, Condition } of ofResources) {
    assert.match(JSON.stringify(Principal), /^\{"Service":"[a-z]+\.amazonaws\.com"\}$/);
    assert.match(JSON.stringify(Condition), /"aws:SourceAccount":\{"Ref":"AWS::AccountId"\}/);
  }
});

test("only the puller reads secrets and makes tables; only who commits deletes, and nobody deletes a version", () => {
  assert.ok(actionsOf("PullRole").includes("secretsmanager:GetSecretValue"));
  assert.deepEqual(actionsOf("DispatchRole"), [
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "s3:GetObject",
    "sqs:SendMessage",
  ]);
  assert.deepEqual(
    actionsOf("PullRole").filter((action) => !actionsOf("MaintainRole").includes(action)),
    [
      "glue:CreateTable",
      "secretsmanager:GetSecretValue",
      "sqs:ChangeMessageVisibility",
      "sqs:DeleteMessage",
      "sqs:GetQueueAttributes",
      "sqs:ReceiveMessage",
      "ssm:GetParameter",
    ],
  );
  const deletes = allowed
    .flatMap(({ Action }) => listOf(Action))
    .filter((action) => action.includes("Delete"));
  assert.deepEqual([...new Set(deletes)].sort(), ["s3:DeleteObject", "sqs:DeleteMessage"]);
});

test("bucket, queues and topic refuse what does not come over TLS", () => {
  const types = ["AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"];
  const policies = types.flatMap(resourcesOf);
  assert.equal(policies.length, 5);
  for (const [id, { Properties }] of policies) {
    const refusal = statementsIn(Properties).find(({ Sid }) => Sid === "OnlyTls");
    assert.deepEqual([refusal?.Effect, refusal?.Principal], ["Deny", "*"], id);
    assert.deepEqual(refusal?.Condition, { Bool: { "aws:SecureTransport": "false" } }, id);
  }
  const [, { Properties: bucket }] = resourcesOf("AWS::S3::BucketPolicy")[0] as [
    string,
    { Properties: unknown },
  ];
  const [refusal] = statementsIn(bucket);
  assert.deepEqual(listOf(refusal?.Resource).map(textOf), ["<LakeBucket.Arn>", "<LakeBucket.Arn>/*"]);
});

test("the topic's policy lets CloudWatch publish", () => {
  const [, { Properties }] = resourcesOf("AWS::SNS::TopicPolicy")[0] as [string, { Properties: unknown }];
  const grant = statementsIn(Properties).find(({ Effect }) => Effect === "Allow");
  assert.deepEqual(grant?.Principal, { Service: "cloudwatch.amazonaws.com" });
  assert.deepEqual(grant?.Action, ["sns:Publish"]);
});

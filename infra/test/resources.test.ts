import assert from "node:assert/strict";
import { test } from "node:test";
import { NAMED_QUERIES } from "../lib/named-queries.ts";
import { readTemplate, type Resource, resourcesOf } from "./read-template.ts";

/** What holds data stays when the stack goes. */
const KEPT: ReadonlySet<string> = new Set(["AWS::S3::Bucket", "AWS::Glue::Database"]);

/** What holds nothing that a deployment does not make again: messages are hints, and logs expire. A new type must be put here or there. */
const TRANSIENT: ReadonlySet<string> = new Set([
  "AWS::Athena::NamedQuery",
  "AWS::Athena::WorkGroup",
  "AWS::CloudWatch::Alarm",
  "AWS::Events::Rule",
  "AWS::IAM::Role",
  "AWS::Lambda::EventSourceMapping",
  "AWS::Lambda::Function",
  "AWS::Lambda::Permission",
  "AWS::Logs::LogGroup",
  "AWS::S3::BucketPolicy",
  "AWS::SNS::Subscription",
  "AWS::SNS::Topic",
  "AWS::SNS::TopicPolicy",
  "AWS::SQS::Queue",
  "AWS::SQS::QueuePolicy",
]);

const { Resources } = readTemplate();

function propertiesOf(id: string): Resource["Properties"] {
  return Resources[id]?.Properties;
}

test("what holds data is kept, but not by a first deployment that failed", () => {
  for (const [id, { Type, DeletionPolicy, UpdateReplacePolicy }] of Object.entries(Resources)) {
    const expected = KEPT.has(Type) ? ["RetainExceptOnCreate", "Retain"] : [undefined, undefined];
    assert.deepEqual([DeletionPolicy, UpdateReplacePolicy], expected, id);
    assert.ok(KEPT.has(Type) || TRANSIENT.has(Type), `${id}: is ${Type} kept or not?`);
  }
});

test("the bucket is closed, encrypted and versioned, and no rule expires what is current below lake/", () => {
  const bucket = propertiesOf("LakeBucket");
  assert.deepEqual(Object.values(bucket.PublicAccessBlockConfiguration), [true, true, true, true]);
  assert.equal(bucket.VersioningConfiguration.Status, "Enabled");
  assert.match(JSON.stringify(bucket.BucketEncryption), /"SSEAlgorithm":"AES256"/);
  const rules = bucket.LifecycleConfiguration.Rules as readonly {
    readonly Prefix?: string;
    readonly ExpirationInDays?: number;
    readonly Transitions?: unknown;
  }[];
  for (const rule of rules) {
    if (rule.ExpirationInDays !== undefined) assert.equal(rule.Prefix, "athena/");
    assert.equal(rule.Transitions, undefined);
  }
});

test("a message comes back after its first delivery has surely ended", () => {
  const queue = propertiesOf("PullQueue");
  const seconds = propertiesOf("PullFunction").Timeout as number;
  assert.ok(queue.VisibilityTimeout >= 6 * seconds);
  assert.ok(queue.MessageRetentionPeriod > queue.VisibilityTimeout);
});

test("every queue is encrypted, and a FIFO queue gives its dead letters to another one", () => {
  for (const [id, { Properties }] of resourcesOf("AWS::SQS::Queue"))
    assert.ok(Properties.SqsManagedSseEnabled, id);
  const queue = propertiesOf("PullQueue");
  assert.deepEqual(queue.RedrivePolicy.deadLetterTargetArn, { "Fn::GetAtt": ["PullDeadLetters", "Arn"] });
  assert.deepEqual([queue.FifoQueue, propertiesOf("PullDeadLetters").FifoQueue], [true, true]);
  // EventBridge sends to a FIFO queue only where the content tells messages apart, and gives dead letters to no FIFO queue.
  assert.equal(queue.ContentBasedDeduplication, true);
  assert.equal(propertiesOf("TickDeadLetters").FifoQueue, undefined);
});

test("a tick of each log source is JSON that names it, and no tick is like another", () => {
  const [, , messages] = propertiesOf("TickRule").Targets["Fn::If"] as [
    string,
    unknown,
    { "Fn::If": unknown[] }[],
  ];
  assert.equal(messages.length, 5);
  for (const [index, { "Fn::If": choice }] of messages.entries()) {
    const [condition, target] = choice as [string, Resource["Properties"]];
    assert.equal(condition, `HasSource${index + 1}`);
    assert.deepEqual(target.SqsParameters, { MessageGroupId: { Ref: `Source${index + 1}` } });
    const body: unknown = JSON.parse(target.InputTransformer.InputTemplate["Fn::Sub"]);
    assert.deepEqual(body, { sources: [`\${Source${index + 1}}`], time: "<time>", id: "<id>" });
  }
});

test("every rule's target has dead letters, and their queue takes them from every rule", () => {
  const rules = resourcesOf("AWS::Events::Rule");
  const targetCount = JSON.stringify(rules).split('"Arn":{').length - 1;
  // Six targets of ticks and one of maintenance, with a queue each.
  assert.equal(targetCount, 14);
  const { Statement } = propertiesOf("TickDeadLettersPolicy").PolicyDocument;
  const sources = Statement[1].Condition.ArnEquals["aws:SourceArn"] as unknown;
  assert.deepEqual(
    sources,
    rules.map(([id]) => ({ "Fn::GetAtt": [id, "Arn"] })),
  );
});

test("functions run the newest Node for DuckDB's processor, and none reserves concurrency", () => {
  const functions = resourcesOf("AWS::Lambda::Function");
  assert.equal(functions.length, 3);
  for (const [id, { Properties }] of functions) {
    assert.deepEqual([Properties.Runtime, Properties.Architectures], ["nodejs24.x", ["x86_64"]], id);
    assert.equal(Properties.ReservedConcurrentExecutions, undefined, id);
  }
});

test("every alarm tells the topic, and only the heartbeat counts silence as an alarm", () => {
  const alarms = resourcesOf("AWS::CloudWatch::Alarm");
  assert.equal(alarms.length, 7);
  for (const [id, { Properties }] of alarms) {
    assert.deepEqual(Properties.AlarmActions, [{ Ref: "AlarmTopic" }], id);
    assert.equal(Properties.TreatMissingData, id === "HeartbeatAlarm" ? "breaching" : "notBreaching", id);
  }
});

test("the heartbeat waits for half an hour at five minutes, and for no more than the day that CloudWatch allows", () => {
  const { Period, ActionsEnabled } = propertiesOf("HeartbeatAlarm");
  assert.equal(Period * 5, 1_800);
  const { MaxValue } = readTemplate().Parameters["IntervalMinutes"] as { readonly MaxValue: number };
  assert.equal(Period * MaxValue, 86_400);
  assert.deepEqual(ActionsEnabled, { "Fn::If": ["HeartbeatArmed", true, false] });
});

test("failing pulls are an alarm after three ticks whatever the interval is: the periods between two ticks do not count", () => {
  const errors = propertiesOf("PullErrorsAlarm");
  const heartbeat = propertiesOf("HeartbeatAlarm");
  assert.equal(errors.DatapointsToAlarm, 3);
  assert.deepEqual(
    [errors.Period, errors.EvaluationPeriods],
    [heartbeat.Period, heartbeat.EvaluationPeriods],
  );
  // No interval has fewer periods than must be bad.
  const [condition, short, interval] = errors.EvaluationPeriods["Fn::If"] as unknown[];
  assert.deepEqual([short, interval], [5, { Ref: "IntervalMinutes" }]);
  assert.deepEqual(readTemplate().Conditions[condition as string], {
    "Fn::Or": ["1", "2"].map((minutes) => ({ "Fn::Equals": [{ Ref: "IntervalMinutes" }, minutes] })),
  });
});

test("logs of functions expire", () => {
  const groups = resourcesOf("AWS::Logs::LogGroup");
  assert.equal(groups.length, 3);
  for (const [id, { Properties }] of groups)
    assert.deepEqual(Properties.RetentionInDays, { Ref: "LogRetentionDays" }, id);
});

test("results of Athena lie where they expire, whatever a query asks for", () => {
  const { WorkGroupConfiguration: settings } = propertiesOf("Workgroup");
  assert.equal(settings.EnforceWorkGroupConfiguration, true);
  assert.deepEqual(settings.ResultConfiguration.OutputLocation, {
    "Fn::Join": ["", ["s3://", { Ref: "LakeBucket" }, "/athena/"]],
  });
});

test("named queries quote the word user and are kept in the workgroup", () => {
  for (const { id, sql } of NAMED_QUERIES) {
    assert.doesNotMatch(sql, /(?<!")\buser\b(?!")/, id);
    assert.deepEqual(propertiesOf(id).WorkGroup, { Ref: "Workgroup" });
  }
});

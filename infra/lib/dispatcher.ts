import { Aws, Fn, type IResolvable } from "aws-cdk-lib";
import { CfnRule } from "aws-cdk-lib/aws-events";
import { type CfnFunction, CfnPermission } from "aws-cdk-lib/aws-lambda";
import { CfnQueue, CfnQueuePolicy } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { LakeStorage } from "./lake-storage.ts";
import { lambdaFunction } from "./lambda-function.ts";
import { sourceNumbers } from "./parameters.ts";
import type { Puller } from "./puller.ts";
import { onlyTls, policyDocument, readConfiguration, rulesMaySend } from "./statements.ts";

const TIMEOUT_SECONDS = 60;
const DEAD_LETTER_SECONDS_MAX = 14 * 86_400;
/** Later than that the next tick says the same. */
const TICK_SECONDS_MAX = 300;
const RETRY_COUNT_MAX = 4;

/** What makes the ticks. */
export interface Dispatcher {
  readonly tickRule: CfnRule;
  /** Ticks of all rules that could not be delivered; no FIFO queue, for rules take none. */
  readonly deadLetters: CfnQueue;
  /** Only there under the condition HasDispatcher. */
  readonly dispatch: CfnFunction;
}

/** The rule that makes the ticks: a message for each log source itself, or the dispatcher above five of them. */
export function dispatcher(
  parent: Construct,
  { lake, puller }: { readonly lake: LakeStorage; readonly puller: Puller },
): Dispatcher {
  const { queue } = puller;
  const scope = new Construct(parent, "Dispatcher");
  const deadLetters = new CfnQueue(scope, "TickDeadLetters", {
    queueName: Fn.sub("duolake-${Label}-tick-dead-letters"),
    sqsManagedSseEnabled: true,
    messageRetentionPeriod: DEAD_LETTER_SECONDS_MAX,
  });
  const dispatch = lambdaFunction(scope, {
    id: "Dispatch",
    name: "dispatcher",
    description: "Sends what is to be pulled to the queue",
    timeoutSeconds: TIMEOUT_SECONDS,
    lake,
    queueUrl: queue.ref,
    condition: "HasDispatcher",
    statements: [
      readConfiguration(),
      { Sid: "Send", Effect: "Allow", Action: ["sqs:SendMessage"], Resource: [queue.attrArn] },
    ],
  });
  const tickRule = new CfnRule(scope, "TickRule", {
    name: Fn.sub("duolake-${Label}-tick"),
    description: "Says when to pull",
    state: "ENABLED",
    scheduleExpression: schedule(),
    targets: targets({ queue, deadLetters, dispatch }),
  });
  const permission = new CfnPermission(scope, "DispatchPermission", {
    action: "lambda:InvokeFunction",
    functionName: dispatch.ref,
    principal: "events.amazonaws.com",
    sourceAccount: Aws.ACCOUNT_ID,
    sourceArn: tickRule.attrArn,
  });
  permission.addOverride("Condition", "HasDispatcher");
  new CfnQueuePolicy(scope, "PullQueuePolicy", {
    queues: [queue.ref],
    policyDocument: policyDocument([
      onlyTls("sqs", [queue.attrArn]),
      rulesMaySend(queue.attrArn, [tickRule.attrArn]),
    ]),
  });
  return { tickRule, deadLetters, dispatch };
}

/** Lets the rules hand in what they could not deliver. */
export function allowDeadLetters(parent: Construct, deadLetters: CfnQueue, rules: readonly CfnRule[]): void {
  new CfnQueuePolicy(parent, "TickDeadLettersPolicy", {
    queues: [deadLetters.ref],
    policyDocument: policyDocument([
      onlyTls("sqs", [deadLetters.attrArn]),
      rulesMaySend(
        deadLetters.attrArn,
        rules.map((rule) => rule.attrArn),
      ),
    ]),
  });
}

/** EventBridge knows `1 minute` and `2 minutes`. */
function schedule(): string {
  return Fn.conditionIf(
    "EveryMinute",
    "rate(1 minute)",
    Fn.sub("rate(${IntervalMinutes} minutes)"),
  ).toString();
}

function targets({
  queue,
  deadLetters,
  dispatch,
}: {
  readonly queue: CfnQueue;
  readonly deadLetters: CfnQueue;
  readonly dispatch: CfnFunction;
}): IResolvable {
  const delivery = {
    DeadLetterConfig: { Arn: deadLetters.attrArn },
    RetryPolicy: { MaximumEventAgeInSeconds: TICK_SECONDS_MAX, MaximumRetryAttempts: RETRY_COUNT_MAX },
  };
  const messages = sourceNumbers().map((number) =>
    Fn.conditionIf(
      `HasSource${number}`,
      {
        Id: `source${number}`,
        Arn: queue.attrArn,
        SqsParameters: { MessageGroupId: Fn.ref(`Source${number}`) },
        InputTransformer: {
          InputPathsMap: { id: "$.id", time: "$.time" },
          // The time and the id make each tick another message: equal ones within five minutes are dropped.
          InputTemplate: Fn.sub(`{"sources":["\${Source${number}}"],"time":"<time>","id":"<id>"}`),
        },
        ...delivery,
      },
      Fn.ref("AWS::NoValue"),
    ),
  );
  return Fn.conditionIf(
    "HasDispatcher",
    [{ Id: "dispatcher", Arn: dispatch.attrArn, ...delivery }],
    messages,
  );
}

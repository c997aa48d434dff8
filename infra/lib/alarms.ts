import { Aws, type CfnResource, Fn } from "aws-cdk-lib";
import { CfnAlarm, type CfnAlarmProps } from "aws-cdk-lib/aws-cloudwatch";
import type { CfnFunction } from "aws-cdk-lib/aws-lambda";
import { CfnSubscription, CfnTopic, CfnTopicPolicy } from "aws-cdk-lib/aws-sns";
import type { CfnQueue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { onlyTls, policyDocument } from "./statements.ts";

const PERIOD_SECONDS = 300;
const MAINTAIN_PERIOD_SECONDS = 3_600;
/** Four ticks that waited. */
const AGE_SECONDS_MAX = 1_200;
/**
 * What ticks bring is looked at over as many periods as a tick has minutes, so over six ticks: half an hour for the interval of
 * five minutes, and a day for the longest one. CloudFormation cannot multiply.
 */
const TICK_PERIOD_SECONDS = 6 * 60;
/** For shorter intervals half an hour as well: sharded ticks come every five minutes. */
const TICK_PERIOD_COUNT_MIN = 5;
/** So many of six ticks must fail: one that fails may be Duo's slip. */
const FAILED_PERIOD_COUNT = 3;

/** What is watched. */
export interface Watched {
  readonly queue: CfnQueue;
  readonly pullDeadLetters: CfnQueue;
  readonly tickDeadLetters: CfnQueue;
  readonly pull: CfnFunction;
  readonly maintain: CfnFunction;
}

/** The topic that people subscribe to, and what is said there. */
export function alarms(parent: Construct, watched: Watched): CfnTopic {
  const scope = new Construct(parent, "Alarms");
  const topic = alarmTopic(scope);
  const alarm = (id: string, name: string, properties: AlarmProps): CfnAlarm =>
    new CfnAlarm(scope, id, {
      alarmName: Fn.sub(`duolake-\${Label}-${name}`),
      alarmActions: [topic.ref],
      okActions: [topic.ref],
      treatMissingData: "notBreaching",
      ...properties,
    });
  alarm("PullDeadLettersAlarm", "pull-dead-letters", deadLetters(watched.pullDeadLetters, "pull"));
  alarm("TickDeadLettersAlarm", "tick-dead-letters", deadLetters(watched.tickDeadLetters, "tick"));
  alarm("PullAgeAlarm", "pull-age", {
    alarmDescription: "Ticks wait for more than 20 minutes: pulling does not keep up",
    ...queueMetric(watched.queue, "ApproximateAgeOfOldestMessage"),
    ...above(AGE_SECONDS_MAX, 3),
  });
  alarm("PullErrorsAlarm", "pull-errors", {
    alarmDescription: "A log source or a table of one fails again and again: see duolake status --aws",
    // What fails is told by the function itself; one that dies is told by its message among the dead letters.
    namespace: "duolake",
    metricName: "PullFailure",
    dimensions: [{ name: "Label", value: Fn.ref("Label") }],
    statistic: "Sum",
    ...above(0, FAILED_PERIOD_COUNT),
    // Between two ticks there is nothing to count, so the periods with a failure need not follow each other.
    period: TICK_PERIOD_SECONDS,
    evaluationPeriods: sixTicks(),
  });
  alarm("PullThrottlesAlarm", "pull-throttles", {
    alarmDescription: "AWS Lambda holds pulls back: the account may not run enough functions at once",
    ...functionMetric(watched.pull, "Throttles"),
    ...above(0, 3),
  });
  alarm("MaintainErrorsAlarm", "maintain-errors", {
    alarmDescription: "Maintenance fails: see duolake logs",
    ...functionMetric(watched.maintain, "Errors"),
    ...above(0, 1),
    period: MAINTAIN_PERIOD_SECONDS,
  });
  alarm("HeartbeatAlarm", "heartbeat", heartbeat());
  return topic;
}

type AlarmProps = Omit<CfnAlarmProps, "alarmName">;

/**
 * Not encrypted with the key alias/aws/sns: CloudWatch may not use that one, and its alarms would get lost. The messages name
 * alarms and numbers.
 */
function alarmTopic(scope: Construct): CfnTopic {
  const topic = new CfnTopic(scope, "AlarmTopic", { topicName: Fn.sub("duolake-${Label}-alarms") });
  new CfnTopicPolicy(scope, "AlarmTopicPolicy", {
    topics: [topic.ref],
    policyDocument: policyDocument([
      // A policy of one's own takes the place of the default one, under which CloudWatch may publish.
      {
        Sid: "AlarmsMayPublish",
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: ["sns:Publish"],
        Resource: [topic.ref],
        Condition: { StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } },
      },
      onlyTls("sns", [topic.ref]),
    ]),
  });
  const subscription: CfnResource = new CfnSubscription(scope, "AlarmSubscription", {
    topicArn: topic.ref,
    protocol: "email",
    endpoint: Fn.ref("AlarmEmail"),
  });
  subscription.addOverride("Condition", "HasAlarmEmail");
  return topic;
}

function deadLetters(queue: CfnQueue, what: string): AlarmProps {
  return {
    alarmDescription: `A ${what} was given up: see duolake dlq list`,
    ...queueMetric(queue, "ApproximateNumberOfMessagesVisible"),
    ...above(0, 1),
  };
}

/** How many periods six ticks take. */
function sixTicks(): number {
  return Fn.conditionIf(
    "EveryTwoMinutes",
    TICK_PERIOD_COUNT_MIN,
    Fn.ref("IntervalMinutes"),
  ) as unknown as number;
}

/**
 * Whether anything comes in at all: a pull of one table of one log source is enough, also one that finds nothing new. Until a
 * secret is populated there is none, so the alarm is armed by then.
 */
function heartbeat(): AlarmProps {
  return {
    alarmDescription: "No pull was successful for six intervals",
    actionsEnabled: Fn.conditionIf("HeartbeatArmed", true, false),
    namespace: "duolake",
    metricName: "PullSuccess",
    dimensions: [{ name: "Label", value: Fn.ref("Label") }],
    statistic: "Sum",
    comparisonOperator: "LessThanThreshold",
    threshold: 1,
    period: TICK_PERIOD_SECONDS,
    evaluationPeriods: sixTicks(),
    datapointsToAlarm: sixTicks(),
    treatMissingData: "breaching",
  };
}

function queueMetric(
  queue: CfnQueue,
  metricName: string,
): Pick<CfnAlarmProps, "namespace" | "dimensions"> & {
  readonly metricName: string;
  readonly statistic: string;
} {
  const dimensions = [{ name: "QueueName", value: queue.attrQueueName }];
  return { namespace: "AWS/SQS", metricName, dimensions, statistic: "Maximum" };
}

function functionMetric(
  made: CfnFunction,
  metricName: string,
): Pick<CfnAlarmProps, "namespace" | "dimensions"> & {
  readonly metricName: string;
  readonly statistic: string;
} {
  const dimensions = [{ name: "FunctionName", value: made.ref }];
  return { namespace: "AWS/Lambda", metricName, dimensions, statistic: "Sum" };
}

function above(threshold: number, periodCount: number): Omit<CfnAlarmProps, "alarmName"> {
  return {
    comparisonOperator: "GreaterThanThreshold",
    threshold,
    period: PERIOD_SECONDS,
    evaluationPeriods: periodCount,
    datapointsToAlarm: periodCount,
  };
}

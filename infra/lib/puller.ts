import { Fn } from "aws-cdk-lib";
import { CfnEventSourceMapping, type CfnFunction } from "aws-cdk-lib/aws-lambda";
import { CfnQueue, CfnQueuePolicy } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { LakeStorage } from "./lake-storage.ts";
import { lambdaFunction } from "./lambda-function.ts";
import {
  onlyTls,
  policyDocument,
  readConfiguration,
  readSecrets,
  useCatalog,
  useLake,
} from "./statements.ts";

const TIMEOUT_SECONDS = 240;
/** Lambda asks for six times the timeout: a message must not come back while its first delivery still runs. */
const VISIBILITY_SECONDS = 6 * TIMEOUT_SECONDS;
const DEAD_LETTER_SECONDS_MAX = 14 * 86_400;
const DELIVERY_COUNT_MAX = 3;
/** Long enough for all deliveries of a tick whose function dies each time: it must end among the dead letters, not be forgotten before. */
const TICK_SECONDS_MAX = 4 * 3_600;

/** What pulls. */
export interface Puller {
  readonly queue: CfnQueue;
  readonly deadLetters: CfnQueue;
  readonly pull: CfnFunction;
}

/** The queue of what is to be pulled, one group for each log source so that none is pulled twice at once, and its function. */
export function puller(parent: Construct, lake: LakeStorage): Puller {
  const scope = new Construct(parent, "Puller");
  const deadLetters = new CfnQueue(scope, "PullDeadLetters", {
    queueName: Fn.sub("duolake-${Label}-pull-dead-letters.fifo"),
    fifoQueue: true,
    sqsManagedSseEnabled: true,
    messageRetentionPeriod: DEAD_LETTER_SECONDS_MAX,
  });
  const queue = new CfnQueue(scope, "PullQueue", {
    queueName: Fn.sub("duolake-${Label}-pull.fifo"),
    fifoQueue: true,
    // A rule cannot name what makes a message the same as another.
    contentBasedDeduplication: true,
    deduplicationScope: "messageGroup",
    fifoThroughputLimit: "perMessageGroupId",
    sqsManagedSseEnabled: true,
    visibilityTimeout: VISIBILITY_SECONDS,
    messageRetentionPeriod: TICK_SECONDS_MAX,
    redrivePolicy: { deadLetterTargetArn: deadLetters.attrArn, maxReceiveCount: DELIVERY_COUNT_MAX },
  });
  new CfnQueuePolicy(scope, "PullDeadLettersPolicy", {
    queues: [deadLetters.ref],
    policyDocument: policyDocument([onlyTls("sqs", [deadLetters.attrArn])]),
  });
  const pull = lambdaFunction(scope, {
    id: "Pull",
    name: "puller",
    description: "Pulls logs of Duo into the lake",
    timeoutSeconds: TIMEOUT_SECONDS,
    lake,
    queueUrl: queue.ref,
    statements: [
      readConfiguration(),
      readSecrets(),
      ...useLake(lake.bucket.attrArn),
      useCatalog(["glue:CreateTable"]),
      {
        Sid: "UseQueue",
        Effect: "Allow",
        Action: [
          "sqs:ReceiveMessage",
          "sqs:DeleteMessage",
          "sqs:ChangeMessageVisibility",
          "sqs:GetQueueAttributes",
        ],
        Resource: [queue.attrArn],
      },
    ],
  });
  new CfnEventSourceMapping(scope, "PullMapping", {
    functionName: pull.ref,
    eventSourceArn: queue.attrArn,
    batchSize: 1,
    functionResponseTypes: ["ReportBatchItemFailures"],
    // And no reserved concurrency: new accounts have none to reserve, and pollers do not know of it.
    scalingConfig: { maximumConcurrency: Fn.ref("MaxConcurrency") as unknown as number },
  });
  return { queue, deadLetters, pull };
}

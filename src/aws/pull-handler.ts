import { errorText } from "../core/errors.ts";
import type { RunLog } from "../daemon/run-log.ts";
import type { Deadline } from "./deadline.ts";
import { metricLine } from "./metric-line.ts";
import { pullMessage } from "./pull-message.ts";
import type { Puller } from "./puller.ts";

/** What Lambda hands over of messages of a queue; what is not read is left out. */
export interface SqsEvent {
  readonly Records: readonly {
    readonly messageId: string;
    readonly receiptHandle: string;
    readonly body: string;
    readonly attributes?: { readonly ApproximateReceiveCount?: string };
  }[];
}

/** What Lambda says about the invocation. */
export interface LambdaContext {
  readonly getRemainingTimeInMillis: () => number;
}

/** Names the messages that are to be delivered again. */
export interface SqsAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

export interface PullHandlerOptions {
  readonly pull: Puller;
  readonly label: string;
  readonly nowMs: () => number;
  readonly logger: RunLog["logger"];
  /** Takes lines of metrics. */
  readonly write: (line: string) => void;
  readonly startDeadline: (delayMs: number) => Deadline;
  /** Lets a message that failed come back after so many seconds; the queue's own time is for a function that died. */
  readonly comeBack: (receiptHandle: string, delaySeconds: number) => Promise<void>;
}

/** Nothing more is fetched from here on: a large commit and the status objects take their time. */
const REMAINING_MS_MIN = 45_000;
const COME_BACK_SECONDS = 60;

/** Makes the handler of the queue's messages: pulls, writes metrics, and says which messages are to be delivered again. */
export function pullHandler(
  options: PullHandlerOptions,
): (event: SqsEvent, context: LambdaContext) => Promise<SqsAnswer> {
  return async ({ Records: records }, context) => {
    const batchItemFailures: { readonly itemIdentifier: string }[] = [];
    for (const record of records) {
      using deadline = options.startDeadline(context.getRemainingTimeInMillis() - REMAINING_MS_MIN);
      if (await isDone(options, record, deadline.signal)) continue;
      batchItemFailures.push({ itemIdentifier: record.messageId });
      await letComeBack(options, record);
    }
    return { batchItemFailures };
  };
}

type SqsRecord = SqsEvent["Records"][number];

async function isDone(
  { pull, label, nowMs, logger, write }: PullHandlerOptions,
  { body }: SqsRecord,
  enough: AbortSignal,
): Promise<boolean> {
  try {
    const { counts, isToBeRepeated } = await pull(pullMessage(body), enough);
    write(metricLine({ label, nowMs: nowMs(), counts }));
    return !isToBeRepeated;
  } catch (error) {
    logger.error({ reason: errorText(error) }, "the function failed");
    write(metricLine({ label, nowMs: nowMs(), counts: { PullFailure: 1 } }));
    return false;
  }
}

/** Later with each time. Where that fails, the message comes back when the queue's own time is over. */
async function letComeBack(
  { comeBack, logger }: PullHandlerOptions,
  { receiptHandle, attributes }: SqsRecord,
): Promise<void> {
  const receiveCount = Number(attributes?.ApproximateReceiveCount ?? 1) || 1;
  try {
    await comeBack(receiptHandle, COME_BACK_SECONDS * receiveCount);
  } catch (error) {
    logger.warn({ reason: errorText(error) }, "the message comes back late");
  }
}

import type { DeleteMessageBatchRequestEntry, Message, SQSClient } from "@aws-sdk/client-sqs";
import { type AwsAccess, clientOpener } from "./open-client.ts";

/** A message that was given up. */
export interface DeadLetter {
  readonly id: string;
  readonly body: string;
  /** What this receipt of the message is called. */
  readonly receipt: string;
  /** Of a FIFO queue. */
  readonly group?: string;
  /** When it came into this queue; a standard queue keeps the time of the first one. */
  readonly sentAtMs: number;
  readonly receiveCount: number;
}

/** How far a move by SQS itself is. */
export interface MoveState {
  readonly isRunning: boolean;
  readonly movedCount: number;
  /** Why it did not end well. */
  readonly failure?: string;
}

/** Queues of messages that were given up. Failures are those of the SDK. */
export interface DeadLetters {
  /** Takes up to ten messages, and hides them from others for so long. */
  readonly receive: (queueUrl: string, hiddenSeconds: number) => Promise<readonly DeadLetter[]>;
  /** Gives messages back at once. */
  readonly release: (queueUrl: string, letters: readonly DeadLetter[]) => Promise<void>;
  /** Deletes one message. */
  readonly remove: (queueUrl: string, letter: DeadLetter) => Promise<void>;
  /** Sends to a FIFO queue. */
  readonly send: (
    queueUrl: string,
    message: { readonly body: string; readonly group: string; readonly deduplicationId: string },
  ) => Promise<void>;
  /** Lets SQS move all messages back to where they came from, or go on with it; false where it does not do so with this queue. */
  readonly startMove: (queueUrl: string) => Promise<boolean>;
  /** The last move; undefined where there was none. */
  readonly moveState: (queueUrl: string) => Promise<MoveState | undefined>;
  /** Deletes all messages; SQS takes up to a minute for it. */
  readonly purge: (queueUrl: string) => Promise<void>;
}

type Package = typeof import("@aws-sdk/client-sqs");
type Open = () => Promise<{ readonly api: Package; readonly client: SQSClient }>;

/** SQS gives ten messages at most. */
const BATCH_COUNT_MAX = 10;
/** Refusals of a move that another way goes round: a queue that is no SQS queue's dead-letter queue, a service that lacks it. */
const NO_MOVE = /UnsupportedOperation|InvalidAction|UnknownOperation|InvalidParameterValue|ResourceNotFound/;

/** The dead-letter queues of Amazon SQS. The SDK's package is loaded with the first request. */
export function sqsDeadLetters(access: AwsAccess): DeadLetters {
  const open: Open = clientOpener("@aws-sdk/client-sqs", {
    access,
    load: () => import("@aws-sdk/client-sqs"),
    create: (api, settings) => new api.SQSClient(settings),
  });
  return { ...messages(open), ...moves(open) };
}

function messages(open: Open): Pick<DeadLetters, "receive" | "release" | "remove" | "send"> {
  return {
    receive: async (QueueUrl, VisibilityTimeout) => {
      const { api, client } = await open();
      const { Messages = [] } = await client.send(
        new api.ReceiveMessageCommand({
          QueueUrl,
          VisibilityTimeout,
          MaxNumberOfMessages: BATCH_COUNT_MAX,
          // Not waiting, SQS asks some of its servers only and may find nothing.
          WaitTimeSeconds: 1,
          MessageSystemAttributeNames: ["MessageGroupId", "SentTimestamp", "ApproximateReceiveCount"],
        }),
      );
      return Messages.map(letterOf);
    },
    release: async (QueueUrl, letters) => {
      const { api, client } = await open();
      for (let at = 0; at < letters.length; at += BATCH_COUNT_MAX) {
        const Entries = letters
          .slice(at, at + BATCH_COUNT_MAX)
          .map((letter, index) => ({ ...entryOf(letter, index), VisibilityTimeout: 0 }));
        await client.send(new api.ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
      }
    },
    remove: async (QueueUrl, { receipt }) => {
      const { api, client } = await open();
      await client.send(new api.DeleteMessageCommand({ QueueUrl, ReceiptHandle: receipt }));
    },
    send: async (QueueUrl, { body, group, deduplicationId }) => {
      const { api, client } = await open();
      await client.send(
        new api.SendMessageCommand({
          QueueUrl,
          MessageBody: body,
          MessageGroupId: group,
          MessageDeduplicationId: deduplicationId,
        }),
      );
    },
  };
}

function moves(open: Open): Pick<DeadLetters, "startMove" | "moveState" | "purge"> {
  const arnOf = async (QueueUrl: string): Promise<string> => {
    const { api, client } = await open();
    const { Attributes = {} } = await client.send(
      new api.GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
    );
    return Attributes.QueueArn ?? "";
  };
  return {
    startMove: async (queueUrl) => {
      const { api, client } = await open();
      const SourceArn = await arnOf(queueUrl);
      try {
        await client.send(new api.StartMessageMoveTaskCommand({ SourceArn }));
        return true;
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        // One move at a time.
        if (/already a task running/i.test(error.message)) return true;
        if (NO_MOVE.test(error.name)) return false;
        throw error;
      }
    },
    moveState: async (queueUrl) => {
      const { api, client } = await open();
      const SourceArn = await arnOf(queueUrl);
      const { Results } = await client.send(
        new api.ListMessageMoveTasksCommand({ SourceArn, MaxResults: 1 }),
      );
      const last = Results?.[0];
      if (last === undefined) return undefined;
      const { Status, ApproximateNumberOfMessagesMoved: movedCount = 0, FailureReason } = last;
      const isRunning = Status === "RUNNING" || Status === "CANCELLING";
      if (isRunning || Status === "COMPLETED") return { isRunning, movedCount };
      return { isRunning, movedCount, failure: FailureReason ?? Status ?? "no reason given" };
    },
    purge: async (QueueUrl) => {
      const { api, client } = await open();
      await client.send(new api.PurgeQueueCommand({ QueueUrl }));
    },
  };
}

function entryOf({ receipt }: DeadLetter, index: number): DeleteMessageBatchRequestEntry {
  return { Id: String(index), ReceiptHandle: receipt };
}

function letterOf({ MessageId = "", Body = "", ReceiptHandle = "", Attributes = {} }: Message): DeadLetter {
  const group = Attributes.MessageGroupId;
  return {
    id: MessageId,
    body: Body,
    receipt: ReceiptHandle,
    ...(group !== undefined && { group }),
    sentAtMs: Number(Attributes.SentTimestamp ?? 0),
    receiveCount: Number(Attributes.ApproximateReceiveCount ?? 0),
  };
}

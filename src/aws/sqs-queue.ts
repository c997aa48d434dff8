import type { SQSClient } from "@aws-sdk/client-sqs";
import type { Queue } from "./queue.ts";

/**
 * A FIFO queue of SQS. Failures of the whole request are those of the SDK.
 *
 * @param queueUrl as the template's DUOLAKE_QUEUE_URL gives it
 */
export function sqsQueue({
  client,
  queueUrl,
}: {
  readonly client: SQSClient;
  readonly queueUrl: string;
}): Queue {
  return {
    send: async (messages) => {
      const { SendMessageBatchCommand } = await import("@aws-sdk/client-sqs");
      const answer = await client.send(
        new SendMessageBatchCommand({
          QueueUrl: queueUrl,
          Entries: messages.map(({ body, groupId, deduplicationId }, index) => ({
            Id: String(index),
            MessageBody: body,
            MessageGroupId: groupId,
            MessageDeduplicationId: deduplicationId,
          })),
        }),
      );
      // What is neither taken nor refused was not taken: its id makes it safe to send again.
      const taken = new Set((answer.Successful ?? []).map(({ Id: id }) => id));
      const refused = new Map((answer.Failed ?? []).map(({ Id: id, Code: code }) => [id, code]));
      return messages.flatMap((message, index) => {
        const id = String(index);
        return taken.has(id) ? [] : [{ message, reason: refused.get(id) ?? "no answer for it" }];
      });
    },
  };
}

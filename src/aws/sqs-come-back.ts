import type { SQSClient } from "@aws-sdk/client-sqs";

/**
 * Gives a function that lets a message which was taken come back sooner or later than the queue says. Failures are those of the SDK.
 *
 * @param queueUrl as the template's DUOLAKE_QUEUE_URL gives it
 */
export function sqsComeBack({
  client,
  queueUrl,
}: {
  readonly client: SQSClient;
  readonly queueUrl: string;
}): (receiptHandle: string, delaySeconds: number) => Promise<void> {
  return async (receiptHandle, delaySeconds) => {
    const { ChangeMessageVisibilityCommand } = await import("@aws-sdk/client-sqs");
    const what = { QueueUrl: queueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout: delaySeconds };
    await client.send(new ChangeMessageVisibilityCommand(what));
  };
}

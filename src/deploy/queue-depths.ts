import { type AwsAccess, clientOpener } from "./open-client.ts";

/** How many messages a queue holds, as far as SQS counts them. */
export interface QueueDepth {
  readonly waiting: number;
  /** Taken and not done. */
  readonly underWay: number;
}

/** Asks how full a queue is. Failures are those of the SDK. */
export type QueueDepths = (queueUrl: string) => Promise<QueueDepth>;

/** The queues of Amazon SQS. The SDK's package is loaded with the first request. */
export function queueDepths(access: AwsAccess): QueueDepths {
  const open = clientOpener("@aws-sdk/client-sqs", {
    access,
    load: () => import("@aws-sdk/client-sqs"),
    create: (api, settings) => new api.SQSClient(settings),
  });
  return async (QueueUrl) => {
    const { api, client } = await open();
    const { Attributes: found = {} } = await client.send(
      new api.GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
      }),
    );
    return {
      waiting: Number(found.ApproximateNumberOfMessages ?? 0),
      underWay: Number(found.ApproximateNumberOfMessagesNotVisible ?? 0),
    };
  };
}

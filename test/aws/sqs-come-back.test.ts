import type { SQSClient } from "@aws-sdk/client-sqs";
import { expect, test } from "vitest";
import { sqsComeBack } from "../../src/aws/sqs-come-back.ts";

test("a message that failed is made visible again after so many seconds", async () => {
  const sent: unknown[] = [];
  const send = (command: { readonly input: unknown }): Promise<unknown> => {
    sent.push([command.constructor.name, command.input]);
    return Promise.resolve({});
  };
  const client = { send } as unknown as SQSClient;
  await sqsComeBack({ client, queueUrl: "https://queue" })("r1", 120);
  expect(sent).toEqual([
    [
      "ChangeMessageVisibilityCommand",
      { QueueUrl: "https://queue", ReceiptHandle: "r1", VisibilityTimeout: 120 },
    ],
  ]);
});

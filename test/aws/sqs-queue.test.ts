import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sqsQueue } from "../../src/aws/sqs-queue.ts";

let server: Server;
let client: SQSClient;
let queueUrl: string;
let seen: unknown[];
let answer: object;

beforeEach(async () => {
  seen = [];
  const reply = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    seen.push([request.headers["x-amz-target"], JSON.parse(await text(request))]);
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(answer));
  };
  server = createServer((request, response) => void reply(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  queueUrl = `${endpoint}/123456789012/pull.fifo`;
  client = new SQSClient({
    endpoint,
    region: "eu-central-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    md5: false,
  });
});

afterEach(async () => {
  client.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test("sqsQueue sends group and ids, and gives back what was refused or not answered for", async () => {
  answer = {
    Successful: [{ Id: "0", MessageId: "m", MD5OfMessageBody: "x" }],
    Failed: [{ Id: "1", Code: "InternalError", SenderFault: false }],
  };
  const messages = ["a", "b", "c"].map((name) => ({
    body: `{"sources":["${name}"]}`,
    groupId: name,
    deduplicationId: `${name}#1`,
  }));
  expect(await sqsQueue({ client, queueUrl }).send(messages)).toEqual([
    { message: messages[1], reason: "InternalError" },
    { message: messages[2], reason: "no answer for it" },
  ]);
  const entries = messages.map(({ body, groupId, deduplicationId }, index) => ({
    Id: String(index),
    MessageBody: body,
    MessageGroupId: groupId,
    MessageDeduplicationId: deduplicationId,
  }));
  expect(seen).toEqual([["AmazonSQS.SendMessageBatch", { QueueUrl: queueUrl, Entries: entries }]]);
});

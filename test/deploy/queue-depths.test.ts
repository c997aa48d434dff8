import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { queueDepths } from "../../src/deploy/queue-depths.ts";
import { listening } from "../core/support/listening.ts";

const ACCESS = { region: "eu-central-1", credentials: { accessKeyId: "a", secretAccessKey: "b" } };

test("a queue is asked for its counts, which SQS writes as texts", async () => {
  const asked: unknown[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    asked.push([request.headers["x-amz-target"], JSON.parse(await text(request))]);
    const Attributes = { ApproximateNumberOfMessages: "12", ApproximateNumberOfMessagesNotVisible: "3" };
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0" });
    response.end(JSON.stringify({ Attributes }));
  };
  await using server = await listening(
    createServer((request, response) => {
      serve(request, response).catch(() => response.destroy());
    }),
  );
  const endpoint = `http://127.0.0.1:${server.port}`;
  const QueueUrl = `${endpoint}/123456789012/pull.fifo`;
  expect(await queueDepths({ ...ACCESS, endpoint })(QueueUrl)).toEqual({ waiting: 12, underWay: 3 });
  expect(asked).toEqual([
    [
      "AmazonSQS.GetQueueAttributes",
      {
        QueueUrl,
        AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
      },
    ],
  ]);
});

import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type DeadLetter, sqsDeadLetters } from "../../src/deploy/dead-letters.ts";
import { type AwsAnswer, type AwsRequest, startAws } from "./support/aws-server.ts";

const URL = "http://127.0.0.1/123456789012/dead.fifo";
const HEADERS = { "content-type": "application/x-amz-json-1.0" };

const json = (value: object): AwsAnswer => ({ body: JSON.stringify(value), headers: HEADERS });
const refusal = (type: string, message: string): AwsAnswer => ({
  status: 400,
  body: JSON.stringify({ __type: type, message }),
  headers: HEADERS,
});
/** The SDK compares it. */
const MD5 = createHash("md5").update("b").digest("hex");
const bodyOf = ({ body }: AwsRequest): unknown => JSON.parse(body);
const letter = (id: string): DeadLetter => ({
  id,
  body: "b",
  receipt: `r-${id}`,
  sentAtMs: 0,
  receiveCount: 1,
});

describe("sqsDeadLetters", () => {
  test("receives with group, time and count, and waits a little for all of SQS's servers", async () => {
    const Attributes = { MessageGroupId: "duo", SentTimestamp: "1000", ApproximateReceiveCount: "3" };
    const message = { MessageId: "m", Body: "b", MD5OfBody: MD5, ReceiptHandle: "r", Attributes };
    await using aws = await startAws(() => json({ Messages: [message] }));
    expect(await sqsDeadLetters(aws.access).receive(URL, 30)).toEqual([
      { id: "m", body: "b", receipt: "r", group: "duo", sentAtMs: 1_000, receiveCount: 3 },
    ]);
    expect(bodyOf(aws.requests[0] as AwsRequest)).toMatchObject({
      QueueUrl: URL,
      VisibilityTimeout: 30,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 1,
    });
  });

  test("gives back in batches as large as SQS takes, and nothing asks for nothing", async () => {
    await using aws = await startAws(() => json({}));
    const letters = sqsDeadLetters(aws.access);
    await letters.release(URL, []);
    await letters.release(
      URL,
      Array.from({ length: 12 }, (_, at) => letter(`m${at}`)),
    );
    const sizes = aws.requests.map(
      (request) => (bodyOf(request) as { readonly Entries: readonly object[] }).Entries,
    );
    expect(sizes.map(({ length }) => length)).toEqual([10, 2]);
    expect(sizes[1]?.[0]).toEqual({ Id: "0", ReceiptHandle: "r-m10", VisibilityTimeout: 0 });
  });

  test("sends with group and deduplication id, and deletes by receipt", async () => {
    await using aws = await startAws(() => json({ MD5OfMessageBody: MD5 }));
    const letters = sqsDeadLetters(aws.access);
    await letters.send(URL, { body: "b", group: "duo", deduplicationId: "redrive-m" });
    await letters.remove(URL, letter("m"));
    await letters.purge(URL);
    expect(aws.requests.map((request) => [request.operation, bodyOf(request)])).toEqual([
      [
        "SendMessage",
        { QueueUrl: URL, MessageBody: "b", MessageGroupId: "duo", MessageDeduplicationId: "redrive-m" },
      ],
      ["DeleteMessage", { QueueUrl: URL, ReceiptHandle: "r-m" }],
      ["PurgeQueue", { QueueUrl: URL }],
    ]);
  });

  test.each([
    ["moves itself", json({ TaskHandle: "t" }), true],
    [
      "is moving already",
      refusal("InvalidParameterValue", "There is already a task running. Only one is allowed."),
      true,
    ],
    ["moves only what it moved here", refusal("InvalidParameterValue", "not a dead-letter queue"), false],
    [
      "knows no such move",
      refusal("com.amazonaws.sqs#UnsupportedOperation", "not for FIFO queues here"),
      false,
    ],
  ])("says whether SQS %s", async (_, answer, isMoving) => {
    await using aws = await startAws(({ operation }) =>
      operation === "GetQueueAttributes" ? json({ Attributes: { QueueArn: "arn:dead" } }) : answer,
    );
    expect(await sqsDeadLetters(aws.access).startMove(URL)).toBe(isMoving);
    expect(bodyOf(aws.requests.at(-1) as AwsRequest)).toEqual({ SourceArn: "arn:dead" });
  });

  test("a move that is not allowed is a refusal, not another way", async () => {
    const said = "User: x is not authorized to perform: sqs:startmessagemovetask on resource: y";
    await using aws = await startAws(({ operation }) =>
      operation === "GetQueueAttributes"
        ? json({ Attributes: { QueueArn: "arn:dead" } })
        : refusal("AccessDenied", said),
    );
    await expect(sqsDeadLetters(aws.access).startMove(URL)).rejects.toThrow("sqs:startmessagemovetask");
  });

  test.each([
    [
      { Status: "RUNNING", ApproximateNumberOfMessagesMoved: 4 },
      { isRunning: true, movedCount: 4 },
    ],
    [
      { Status: "COMPLETED", ApproximateNumberOfMessagesMoved: 7 },
      { isRunning: false, movedCount: 7 },
    ],
    [
      { Status: "FAILED", FailureReason: "no access" },
      { isRunning: false, movedCount: 0, failure: "no access" },
    ],
    [{ Status: "CANCELLED" }, { isRunning: false, movedCount: 0, failure: "CANCELLED" }],
  ])("tells of the last move: %j", async (result, state) => {
    await using aws = await startAws(({ operation }) =>
      json(
        operation === "GetQueueAttributes" ? { Attributes: { QueueArn: "arn:dead" } } : { Results: [result] },
      ),
    );
    expect(await sqsDeadLetters(aws.access).moveState(URL)).toEqual(state);
  });
});

import { createInterface } from "node:readline";
import type { SqsEvent } from "../../src/aws/pull-handler.ts";
import { handler } from "../../src/aws/puller-handler.ts";

// A container of Lambda with the handler that is deployed: takes a message with each line of its input, until it is killed.

const REMAINING_MS = 240_000;
let index = 0;

for await (const _line of createInterface({ input: process.stdin })) {
  index += 1;
  const body = JSON.stringify({ sources: ["duo"], time: new Date().toISOString(), index });
  const event: SqsEvent = { Records: [{ messageId: `m${index}`, receiptHandle: `r${index}`, body }] };
  const answer = await handler(event, { getRemainingTimeInMillis: () => REMAINING_MS });
  process.stdout.write(`${JSON.stringify({ answer })}\n`);
}

import { describe, expect, test } from "vitest";
import { pino } from "pino";
import { type PullHandlerOptions, pullHandler, type SqsEvent } from "../../src/aws/pull-handler.ts";

const REPORT = { counts: { PullSuccess: 1 }, isToBeRepeated: false };

interface Seen {
  readonly delaysMs: number[];
  readonly pulled: (readonly string[])[];
  readonly written: string[];
  readonly comeBacks: number[];
  disposed: number;
}

function start(changes: Partial<PullHandlerOptions> = {}): {
  readonly handle: ReturnType<typeof pullHandler>;
  readonly seen: Seen;
} {
  const seen: Seen = { delaysMs: [], pulled: [], written: [], comeBacks: [], disposed: 0 };
  const handle = pullHandler({
    pull: ({ sources }) => {
      seen.pulled.push(sources);
      return Promise.resolve(REPORT);
    },
    label: "main",
    nowMs: () => 5_000,
    logger: pino({ level: "silent" }),
    write: (line) => void seen.written.push(line),
    startDeadline: (delayMs) => {
      seen.delaysMs.push(delayMs);
      return { signal: new AbortController().signal, [Symbol.dispose]: () => void (seen.disposed += 1) };
    },
    comeBack: (_handle, delaySeconds) => {
      seen.comeBacks.push(delaySeconds);
      return Promise.resolve();
    },
    ...changes,
  });
  return { handle, seen };
}

function event(...bodies: readonly string[]): SqsEvent {
  return {
    Records: bodies.map((body, index) => ({ messageId: `m${index}`, receiptHandle: `r${index}`, body })),
  };
}

const CONTEXT = { getRemainingTimeInMillis: () => 240_000 };

describe("pullHandler", () => {
  test("stops fetching 45 seconds before Lambda ends the function, and takes the timer away", async () => {
    const { handle, seen } = start();
    await handle(event('{"sources":["a"]}'), CONTEXT);
    expect(seen).toMatchObject({ delaysMs: [195_000], disposed: 1, pulled: [["a"]] });
  });

  test("writes the metrics of each message", async () => {
    const { handle, seen } = start();
    await handle(event('{"sources":["a"]}', '{"sources":["b"]}'), CONTEXT);
    expect(seen.written.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({ Label: "main", PullSuccess: 1 }),
      expect.objectContaining({ Label: "main", PullSuccess: 1 }),
    ]);
  });

  test("names the messages that failed, and goes on with the others", async () => {
    const { handle, seen } = start({
      pull: ({ sources }) =>
        sources[0] === "b" ? Promise.reject(new Error("no configuration")) : Promise.resolve(REPORT),
    });
    const answer = await handle(event('{"sources":["b"]}', "no json", '{"sources":["a"]}'), CONTEXT);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "m0" }, { itemIdentifier: "m1" }] });
    expect(seen.comeBacks).toEqual([60, 60]);
    expect(seen.written.map((line) => (JSON.parse(line) as { PullFailure?: number }).PullFailure)).toEqual([
      1,
      1,
      undefined,
    ]);
  });

  test("answers also where a message cannot be made to come back sooner", async () => {
    const { handle } = start({
      pull: () => Promise.resolve({ ...REPORT, isToBeRepeated: true }),
      comeBack: () => Promise.reject(new Error("not allowed")),
    });
    const answer = await handle(event('{"sources":["a"]}'), CONTEXT);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "m0" }] });
  });
});

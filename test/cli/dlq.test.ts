import { expect, test } from "vitest";
import { dlq, type DlqAction, type DlqTools } from "../../src/cli/dlq.ts";
import type { Io } from "../../src/cli/io.ts";
import type { DeadLetter, DeadLetters } from "../../src/deploy/dead-letters.ts";
import type { Services } from "../../src/deploy/services.ts";
import { withStdin } from "./support/cli.ts";

const NOW_MS = Date.parse("2026-03-12T15:30:00Z");
const LETTER: DeadLetter = {
  id: "m1",
  body: '{"sources":["duo"],"time":"t"}',
  receipt: "r",
  group: "duo",
  sentAtMs: NOW_MS - 3_600_000,
  receiveCount: 3,
};

interface How {
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly letters?: Partial<DeadLetters>;
  /** Gets what is printed, also where the command fails. */
  readonly seen?: { out: string };
}

async function run(
  action: DlqAction,
  how: How = {},
): Promise<{
  readonly code: number;
  readonly out: string;
  readonly purged: string[];
  readonly sent: string[];
}> {
  let out = "";
  const [purged, sent]: [string[], string[]] = [[], []];
  const waiting = [LETTER];
  const io: Io = {
    out: (text) => {
      out += text;
      if (how.seen !== undefined) how.seen.out = out;
    },
    drain: async () => undefined,
    err: () => undefined,
    env: {},
    cwd: "/",
    isTerminal: false,
    signal: new AbortController().signal,
  };
  const outputs = {
    PullQueueUrl: "pull",
    PullDeadLettersUrl: "dead-pulls",
    TickDeadLettersUrl: "dead-ticks",
  };
  const services = {
    identity: { caller: async () => ({ account: "1", region: "eu-central-1", arn: "a" }) },
    stacks: {
      describe: async () => ({
        id: "s",
        name: "duolake-prod",
        status: "UPDATE_COMPLETE",
        tags: {},
        parameters: {},
        outputs,
      }),
    },
  } as unknown as Services;
  const letters: DeadLetters = {
    receive: async (queueUrl) => (queueUrl === "dead-pulls" ? waiting.splice(0) : []),
    release: async () => undefined,
    remove: async () => undefined,
    send: async (to, { group }) => void sent.push(`${to} ${group}`),
    startMove: async () => false,
    moveState: async () => undefined,
    purge: async (queueUrl) => void purged.push(queueUrl),
    ...how.letters,
  };
  const tools: DlqTools = {
    open: () => services,
    letters: () => letters,
    depths: () => async (queueUrl) => ({ waiting: queueUrl === "dead-pulls" ? 1 : 0, underWay: 0 }),
    clock: { nowMs: () => NOW_MS, sleep: async () => undefined },
  };
  const options = { label: "prod", ...(how.json && { json: true }), ...(how.yes && { yes: true }) };
  return { code: await dlq(action, options, io, tools), out, purged, sent };
}

test("list shows what each message was for", async () => {
  const { code, out } = await run("list");
  expect(code).toBe(0);
  expect(out).toContain("pull: 1 dead letter(s)\n");
  expect(out).toMatch(/duo +duo +2026-03-12 14:30:00Z +1 h +3\n/);
  expect(out).toContain("tick: no dead letters\n");
  expect(JSON.parse((await run("list", { json: true })).out)).toEqual({
    queues: [
      {
        queue: "pull",
        count: 1,
        letters: [
          {
            id: "m1",
            group: "duo",
            sources: ["duo"],
            sent_at: "2026-03-12T14:30:00.000Z",
            age_seconds: 3600,
            received: 3,
            body: LETTER.body,
          },
        ],
      },
      { queue: "tick", count: 0, letters: [] },
    ],
  });
});

test("redrive tells of the first queue where the second one fails", async () => {
  const seen = { out: "" };
  const letters: Partial<DeadLetters> = {
    startMove: async (from) => {
      if (from === "dead-ticks") throw Object.assign(new Error("no"), { name: "AccessDeniedException" });
      return false;
    },
  };
  await expect(run("redrive", { json: true, letters, seen })).rejects.toMatchObject({
    code: "aws_forbidden",
  });
  expect(JSON.parse(seen.out)).toEqual({ queues: [{ queue: "pull", moved: 1, left: 0, running: false }] });
});

test("redrive sends to the queue of pulls and says how many", async () => {
  const { out, sent } = await run("redrive");
  expect(sent).toEqual(["pull duo"]);
  expect(out).toBe("pull: 1 sent back\ntick: 0 sent back\n");
});

test("purge deletes only what was agreed to", async () => {
  const purged: string[] = [];
  const letters = { purge: async (queueUrl: string) => void purged.push(queueUrl) };
  await expect(run("purge", { letters })).rejects.toMatchObject({ code: "usage_invalid" });
  expect(purged).toEqual([]);
  expect((await run("purge", { yes: true })).purged).toEqual(["dead-pulls", "dead-ticks"]);
});

test("purge asks on a terminal: no deletes nothing and ends with exit code 1", async () => {
  const no = await withStdin("n\n", () => run("purge"), { isTTY: true });
  expect({ code: no.code, out: no.out, purged: no.purged }).toEqual({
    code: 1,
    out: "Nothing was deleted.\n",
    purged: [],
  });
  const yes = await withStdin("y\n", () => run("purge"), { isTTY: true });
  expect(yes.out).toBe("Deleted: pull 1, tick 0. SQS takes up to a minute for it.\n");
  expect(yes.purged).toEqual(["dead-pulls", "dead-ticks"]);
});

test("--json says for each queue what was done", async () => {
  expect(JSON.parse((await run("redrive", { json: true })).out)).toEqual({
    queues: [
      { queue: "pull", moved: 1, left: 0, running: false },
      { queue: "tick", moved: 0, left: 0, running: false },
    ],
  });
  expect(JSON.parse((await run("purge", { json: true, yes: true })).out)).toEqual({
    queues: [
      { queue: "pull", purged: 1 },
      { queue: "tick", purged: 0 },
    ],
  });
});

test("a missing permission is named", async () => {
  const denied = Object.assign(new Error("User: x is not authorized to perform: sqs:ReceiveMessage"), {
    name: "AccessDenied",
  });
  const letters = { receive: () => Promise.reject(denied) };
  await expect(run("list", { letters })).rejects.toMatchObject({
    code: "aws_forbidden",
    message: expect.stringContaining("sqs:ReceiveMessage") as string,
  });
});

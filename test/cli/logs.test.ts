import { describe, expect, test } from "vitest";
import type { Io } from "../../src/cli/io.ts";
import { logs, type LogsOptions } from "../../src/cli/logs.ts";
import { cloudWatchLogs } from "../../src/deploy/function-logs.ts";
import type { Services } from "../../src/deploy/services.ts";
import { type AwsAnswer, type AwsRequest, startAws } from "../deploy/support/aws-server.ts";

const NOW_MS = Date.parse("2026-03-12T15:30:00Z");
const HEADERS = { "content-type": "application/x-amz-json-1.1" };

interface Asked {
  readonly logGroupName: string;
  readonly startTime: number;
  readonly nextToken?: string;
}

const askedOf = ({ body }: AwsRequest): Asked => JSON.parse(body) as Asked;
const refusal = (type: string, message: string): AwsAnswer => ({
  status: 400,
  body: JSON.stringify({ __type: type, message }),
  headers: HEADERS,
});

/** A line of the function, so long ago. */
function line(eventId: string, agoMs: number, fields: object): object {
  return { eventId, timestamp: NOW_MS - agoMs, message: `${JSON.stringify({ level: 30, ...fields })}\n` };
}
const page = (events: readonly object[], nextToken?: string): AwsAnswer => ({
  body: JSON.stringify({ events, nextToken }),
  headers: HEADERS,
});

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly asked: readonly Asked[];
}

/** Runs the command; `onSleep` is what happens while it waits. */
async function run(
  options: Partial<LogsOptions>,
  answer: (asked: Asked) => AwsAnswer,
  onSleep: (stop: AbortController) => void = (stop) => stop.abort(),
): Promise<Ran> {
  await using aws = await startAws((request) => answer(askedOf(request)));
  const said = { out: "", err: "" };
  const stop = new AbortController();
  const io: Io = {
    out: (text) => void (said.out += text),
    drain: async () => undefined,
    err: (text) => void (said.err += text),
    env: {},
    cwd: "/",
    isTerminal: false,
    signal: stop.signal,
  };
  const stack = {
    id: "s",
    name: "duolake-prod",
    status: "UPDATE_COMPLETE",
    tags: {},
    parameters: {},
    outputs: {},
  };
  const services = {
    identity: { caller: async () => ({ account: "1", region: "eu-central-1", arn: "a" }) },
    stacks: { describe: async () => stack },
  } as unknown as Services;
  const code = await logs({ label: "prod", since: "1h", ...options }, io, {
    open: () => services,
    read: () => cloudWatchLogs(aws.access),
    clock: { nowMs: () => NOW_MS, sleep: async () => onSleep(stop) },
  });
  return { code, ...said, asked: aws.requests.map(askedOf) };
}

const PULLED = line("1", 60_000, { source: "duo", msg: "pulled" });
const isPuller = ({ logGroupName }: Asked): boolean => logGroupName.endsWith("-puller");

describe("logs", () => {
  test("asks every function's group from --since on, page by page, and shows the lines by time", async () => {
    const { code, out, asked } = await run({ since: "2h" }, ({ logGroupName, nextToken }) => {
      if (logGroupName.endsWith("-maintainer")) return page([line("m", 90_000, { msg: "maintained" })]);
      if (!logGroupName.endsWith("-puller")) return page([]);
      return nextToken === undefined ? page([line("0", 120_000, { msg: "first" })], "more") : page([PULLED]);
    });
    expect(code).toBe(0);
    expect(out.trim().split("\n")).toEqual([
      "2026-03-12 15:28:00Z puller info  first",
      "2026-03-12 15:28:30Z maintainer info  maintained",
      "2026-03-12 15:29:00Z puller info  pulled source=duo",
    ]);
    expect(new Set(asked.map(({ startTime }) => startTime))).toEqual(new Set([NOW_MS - 7_200_000]));
    expect(
      asked.map(({ logGroupName, nextToken }) => `${logGroupName} ${nextToken ?? ""}`).toSorted(),
    ).toEqual([
      "/aws/lambda/duolake-prod-dispatcher ",
      "/aws/lambda/duolake-prod-maintainer ",
      "/aws/lambda/duolake-prod-puller ",
      "/aws/lambda/duolake-prod-puller more",
    ]);
  });

  test("--source shows only what names it, --function asks only for that one, --json gives lines as they are", async () => {
    const other = line("2", 30_000, { source: "other", msg: "pulled" });
    const routine = { eventId: "3", timestamp: NOW_MS, message: "START RequestId: 1\n" };
    const answer = (): AwsAnswer => page([PULLED, other, routine]);
    const one = await run({ function: "puller", source: "duo" }, answer);
    expect(one.out).toBe("2026-03-12 15:29:00Z puller info  pulled source=duo\n");
    expect(one.asked).toHaveLength(1);
    const json = await run({ function: "puller", json: true }, answer);
    expect(
      json.out
        .trim()
        .split("\n")
        .map((text) => JSON.parse(text) as unknown),
    ).toMatchObject([
      { at: "2026-03-12T15:29:00.000Z", function: "puller" },
      { function: "puller" },
      { line: "START RequestId: 1" },
    ]);
  });

  test("--follow goes on with what comes, each line once, until it is stopped", async () => {
    const events = [PULLED];
    let sleepCount = 0;
    const { code, out, asked } = await run(
      { function: "puller", follow: true },
      () => page(events),
      (stop) => {
        sleepCount += 1;
        if (sleepCount === 1) events.push(line("2", 10_000, { msg: "later" }));
        if (sleepCount === 3) stop.abort();
      },
    );
    expect(code).toBe(0);
    expect(out).toMatch(/^.* pulled source=duo\n.* later\n$/);
    // A minute before the newest line, for some come late.
    expect(asked.map(({ startTime }) => NOW_MS - startTime)).toEqual([3_600_000, 120_000, 70_000]);
  });

  test("says which log group is not there, but not that of a dispatcher that nobody asked for", async () => {
    const answer = (asked: Asked): AwsAnswer =>
      isPuller(asked) ? page([PULLED]) : refusal("ResourceNotFoundException", "no such group");
    const all = await run({}, answer);
    expect({ code: all.code, err: all.err }).toEqual({
      code: 0,
      err: "duolake: there is no log group /aws/lambda/duolake-prod-maintainer: duolake-prod has no such function, or it was removed\n",
    });
    expect(all.out).toContain("pulled");
    const { err } = await run({ function: "dispatcher" }, answer);
    expect(err).toContain("there is no log group /aws/lambda/duolake-prod-dispatcher");
  });

  test("names the permission that is missing", async () => {
    const said = "User: x is not authorized to perform: logs:FilterLogEvents on resource: y";
    await expect(run({}, () => refusal("AccessDeniedException", said))).rejects.toMatchObject({
      code: "aws_forbidden",
      message: expect.stringMatching(
        /^Cannot read the logs of duolake-prod: the permission logs:FilterLogEvents is missing/,
      ) as string,
    });
  });
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { systemClock } from "../../src/core/clock.ts";
import { runChild } from "./child.ts";

/** An AWS on this machine, with S3 and Glue. */
export interface MiniAws extends AsyncDisposable {
  readonly url: string;
  /** What a program needs of its environment to find it. */
  readonly env: Readonly<Record<string, string>>;
}

const START_MS_MAX = 60_000;
const LOOK_MS = 250;
const COMPLAINT_LENGTH_MAX = 4_000;

/**
 * Starts MiniStack, which shares no code with our fakes and enforces `VersionId` and `If-None-Match`.
 *
 * @param python the interpreter that has it
 * @throws Error with the end of what it said where it does not start
 */
export async function startMiniAws(python: string): Promise<MiniAws> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(python, ["-B", "-m", "ministack"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      // It would listen to the whole network, and to more ports, otherwise.
      BIND_HOST: "127.0.0.1",
      GATEWAY_PORT: String(port),
      IOT_MTLS_ENABLED: "0",
      SFTP_ENABLED: "0",
    },
  });
  let complaint = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      complaint = (complaint + text).slice(-COMPLAINT_LENGTH_MAX);
    });
  }
  const exited = once(child, "close").catch(() => []);
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    await exited;
  };
  const untilMs = systemClock.nowMs() + START_MS_MAX;
  while (!(await answers(url))) {
    if (child.exitCode !== null || systemClock.nowMs() > untilMs) {
      await stop();
      throw new Error(`MiniStack did not start: ${complaint.trim()}`);
    }
    await systemClock.sleep(LOOK_MS);
  }
  return {
    url,
    env: {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    },
    [Symbol.asyncDispose]: stop,
  };
}

/** True where the interpreter has what this needs; there are no packages of it for older ones. */
export async function hasMiniAws(python: string): Promise<boolean> {
  const looked = await runChild(python, ["-c", "import boto3, ministack"], { timeoutMs: START_MS_MAX });
  return looked.code === 0;
}

async function answers(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/_ministack/health`).catch(() => undefined);
  return answer?.ok === true;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

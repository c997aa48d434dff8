import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Stage } from "./stage.ts";

/** How an invocation of a function ended. */
export interface Invoked {
  /** What the handler answered; undefined where it threw or was killed. */
  readonly answer: unknown;
  readonly signal: NodeJS.Signals | null;
  /** Everything that it logged. */
  readonly log: string;
}

export interface InvokeOptions {
  /** Where AWS is for the function; default the emulator itself. */
  readonly endpoint?: string;
  /** How long the function may run, ms. */
  readonly timeMs?: number;
  /** The function whose environment it gets, where the deployment has none of its name; default itself. */
  readonly environmentOf?: string;
  /** Kills it without a warning when this resolves. */
  readonly killWhen?: Promise<unknown>;
}

const RUNNER = fileURLToPath(new URL("invoke-handler.mjs", import.meta.url));
const TIME_MS = 240_000;

/**
 * Runs a function of the deployment once, as Lambda does with a new container: the bundle, in a Node process of its own, with
 * the environment that the stack gave it.
 */
export async function invoke(
  { aws, code }: Stage,
  name: "puller" | "dispatcher" | "maintainer",
  event: unknown,
  options: InvokeOptions = {},
): Promise<Invoked> {
  const { endpoint = aws.url, timeMs = TIME_MS, environmentOf = name, killWhen } = options;
  const child = spawn(process.execPath, [RUNNER, `${code}/${name}.mjs`, String(timeMs)], {
    cwd: code,
    env: {
      PATH: process.env["PATH"],
      ...aws.env,
      ...(await readEnvironment(aws.url, `duolake-main-${environmentOf}`)),
      AWS_ENDPOINT_URL: endpoint,
    },
    stdio: ["pipe", "pipe", "pipe", "pipe"],
  });
  let log = "";
  let answer = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => void (log += text));
  (child.stdio[3] as NodeJS.ReadableStream)
    .setEncoding("utf8")
    .on("data", (text: string) => void (answer += text));
  child.stdin?.end(JSON.stringify(event));
  void killWhen?.then(() => child.kill("SIGKILL"));
  const [, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return { answer: answer === "" ? undefined : (JSON.parse(answer) as unknown), signal, log };
}

/** What Lambda hands over of one message of the queue. */
export function sqsEvent(body: object, id = "1"): object {
  return {
    Records: [
      {
        messageId: id,
        receiptHandle: id,
        body: JSON.stringify(body),
        attributes: { ApproximateReceiveCount: "1" },
      },
    ],
  };
}

async function readEnvironment(url: string, name: string): Promise<Record<string, string>> {
  const answer = await fetch(`${url}/2015-03-31/functions/${name}/configuration`);
  if (!answer.ok) throw new Error(`Cannot find the function ${name}, got status ${answer.status}`);
  const { Environment: environment } = (await answer.json()) as {
    Environment?: { Variables?: Record<string, string> };
  };
  return environment?.Variables ?? {};
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type DuoShell, startDuoShell } from "../cli/support/cli.ts";

const MAIN = new URL("../../src/cli/main.ts", import.meta.url).href;
const START = `import { main } from ${JSON.stringify(MAIN)}; process.exitCode = await main(process.argv.slice(1));`;

interface Running extends Disposable {
  /** The records of the log, as they come. */
  readonly log: AsyncIterator<string>;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly exit: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  readonly args: readonly string[];
}

/** `duolake run` as a process of its own. */
function startRun({ dir, simulator }: DuoShell): Running {
  const args = [
    "--import",
    "tsx",
    "--input-type=module",
    "-e",
    START,
    "--",
    "run",
    "--dir",
    dir,
    "--port",
    "0",
  ];
  const child = spawn(process.execPath, args, {
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    env: {
      PATH: process.env["PATH"],
      DUOLAKE_DUO_ENDPOINT_URL: simulator.url,
      DUOLAKE_SECRET_KEY_DUO: simulator.secretKey(),
    },
    stdio: ["ignore", "inherit", "pipe"],
  });
  const exit = once(child, "exit").then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }));
  return {
    log: createInterface({ input: child.stderr })[Symbol.asyncIterator](),
    kill: (signal) => child.kill(signal),
    exit,
    args,
    [Symbol.dispose]: () => child.kill("SIGKILL"),
  };
}

async function nextRecord(log: AsyncIterator<string>, wanted: string): Promise<Record<string, unknown>> {
  for (;;) {
    const line = await log.next();
    if (line.done === true) throw new Error(`the process ended before it said ${wanted}`);
    const record = JSON.parse(line.value) as Record<string, unknown>;
    if (record["msg"] === wanted) return record;
  }
}

test("run in a process of its own pulls, serves, and ends with exit code 0 after SIGTERM", async () => {
  await using shell = await startDuoShell({ tables: ["auth"], simulator: { users: 5, days: 1 } });
  using running = startRun(shell);
  expect(running.args.join(" ")).not.toContain(shell.simulator.secretKey());
  const { url } = await nextRecord(running.log, "started");
  expect((await fetch(`${String(url)}/healthz`)).status).toBe(200);
  const pulled = await nextRecord(running.log, "pulled");
  expect(pulled).toMatchObject({ source: "duo", table: "auth", rejected: 0 });
  expect(JSON.stringify(pulled)).not.toContain(shell.simulator.secretKey());

  const before = Date.now();
  running.kill("SIGTERM");
  expect(await running.exit).toEqual({ code: 0, signal: null });
  expect(Date.now() - before).toBeLessThan(5_000);

  const counted = await shell.run(["query", "SELECT count(*) AS n FROM duo_auth", "--json"]);
  expect(counted.json()).toEqual([{ n: pulled["appended"] }]);
});

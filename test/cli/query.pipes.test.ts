import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DuoShell, startDuoShell } from "./support/cli.ts";

const MAIN = new URL("../../src/cli/main.ts", import.meta.url).href;
const SCRIPT = `import { main } from ${JSON.stringify(MAIN)}; process.exitCode = await main(process.argv.slice(1));`;
/** More than any pipe takes. */
const ENDLESS = "SELECT i, repeat('x', 100) AS x FROM range(100000000) t(i)";

describe("query, as a process of its own, in a pipe,", () => {
  let shell: DuoShell;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    shell = await startDuoShell();
  });

  afterAll(async () => {
    for (const child of children) child.kill("SIGKILL");
    await shell[Symbol.asyncDispose]();
  });

  function start(format: string): { child: ChildProcess; complaint: () => string } {
    const args = ["--import", "tsx", "--input-type=module", "-e", SCRIPT, "--"];
    const child = spawn(
      process.execPath,
      [...args, "query", "--dir", shell.dir, "--format", format, ENDLESS],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    children.push(child);
    let complaint = "";
    child.stderr?.on("data", (data: Buffer) => {
      complaint += data.toString();
    });
    return { child, complaint: () => complaint };
  }

  async function firstRows(child: ChildProcess): Promise<string> {
    const arrival = once(child.stdout as NonNullable<typeof child.stdout>, "data") as Promise<[Buffer]>;
    child.stdout?.resume();
    const [data] = await arrival;
    child.stdout?.pause();
    return data.toString();
  }

  test.each([
    ["ndjson", '{"i":0,"x":"xxx'],
    ["csv", "i,x\n0,xxx"],
    ["json", '[\n{"i":0,"x":"xxx'],
  ])(
    "prints %s before it has all rows, and ends quietly when the reader has seen enough",
    async (format, beginning) => {
      const { child, complaint } = start(format);
      const ended = once(child, "exit");
      let seen = await firstRows(child);
      if (seen.length < beginning.length) seen += await firstRows(child);
      expect(seen.startsWith(beginning)).toBe(true);
      child.stdout?.destroy();
      expect(await ended).toEqual([0, null]);
      expect(complaint()).toBe("");
    },
    60_000,
  );

  test("is stopped by SIGINT also while its reader takes nothing", async () => {
    const { child, complaint } = start("ndjson");
    const ended = once(child, "exit");
    await firstRows(child);
    child.kill("SIGINT");
    expect(await ended).toEqual([1, null]);
    expect(complaint()).toContain("asked to stop");
  }, 60_000);
});

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { tempDir } from "../lake/support/temp-dir.ts";

const BUILD_MS_MAX = 120_000;
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const ACCOUNT = [
  "--api-hostname",
  "api-12345678.duosecurity.com",
  "--integration-key",
  "DIXXXXXXXXXXXXXXXXXX",
];
const BIN = join(ROOT, "bin/duolake.js");

function duolake(
  cwd: string,
  ...args: readonly string[]
): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], { cwd, encoding: "utf8" });
  return { status, output: stdout + stderr };
}

describe("bin/duolake.js, as it is built:", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;

  beforeAll(async () => {
    // `npm ci` has built it, or `npm run build` since; not where npm runs no scripts.
    if (!existsSync(join(ROOT, "dist/cli/main.js")))
      execFileSync(process.execPath, [join(ROOT, "tools/build.js")]);
    dir = await tempDir();
    const { status, output } = duolake(dir.path, "init", "logs", "--yes", ...ACCOUNT);
    if (status !== 0) throw new Error(`Cannot test: ${output}`);
    return () => dir[Symbol.asyncDispose]();
  }, BUILD_MS_MAX);

  test("every part of the bundle can be loaded", () => {
    const parts = readdirSync(join(ROOT, "dist/cli")).filter((name) => name.endsWith(".js"));
    const loads = parts.map((name) => `await import(${JSON.stringify(join(ROOT, "dist/cli", name))});`);
    const script = `${loads.join("")}console.log(${parts.length})`;
    const said = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    expect(Number(said)).toBeGreaterThan(20);
  });

  test.each([
    { args: ["validate"], words: "is valid", code: 0 },
    { args: ["query", "SELECT 40 + 2 AS answer"], words: "answer\n    42\n", code: 0 },
    { args: ["pull"], words: "`duolake secret set duo` sets it", code: 0 },
    { args: ["status"], words: "never pulled", code: 0 },
    { args: ["query", "SELECT nonsense"], words: 'column "nonsense" was not found', code: 2 },
  ])("$args ends with exit code $code", ({ args, words, code }) => {
    const { status, output } = duolake(join(dir.path, "logs"), ...args);
    expect(output).toContain(words);
    expect(status).toBe(code);
    expect(output).not.toContain("    at ");
  });
});

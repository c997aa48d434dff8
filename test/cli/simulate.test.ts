import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listening } from "../core/support/listening.ts";
import { type Shell, startShell } from "./support/cli.ts";

const SMALL = ["--users", "2", "--days", "1"];

describe("simulate", () => {
  let shell: Shell;

  beforeAll(async () => {
    shell = await startShell();
  });

  afterAll(() => shell[Symbol.asyncDispose]());

  test("says how to use it and ends when stopped", async () => {
    const { code, out } = await shell.run(["simulate", "--port", "0", ...SMALL], {
      signal: AbortSignal.abort(),
    });
    expect(code).toBe(0);
    expect(out).toMatch(/export DUOLAKE_DUO_ENDPOINT_URL=http:\/\/127\.0\.0\.1:\d+\n/);
    expect(out).toContain("duolake secret set duo");
  });

  test.each([
    ["--port", "70000"],
    ["--port", "x"],
    ["--users", "0"],
    ["--days", "-1"],
    ["--seed", "1.5"],
  ])("%s %s is wrong usage: exit code 2", async (option, value) => {
    const { code, out, err } = await shell.run(["simulate", ...SMALL, option, value]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(option.slice(2));
  });

  test("a port that is taken is no wrong usage: exit code 1", async () => {
    await using other = await listening(createServer());
    const { code, err } = await shell.run(["simulate", "--port", String(other.port), ...SMALL]);
    expect(code).toBe(1);
    expect(err).toContain(`another program has the port; choose one with --port, got ${other.port}`);
  });
});

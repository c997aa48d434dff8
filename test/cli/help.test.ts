import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createProgram } from "../../src/cli/program.ts";
import { type Shell, startShell } from "./support/cli.ts";

const io = {
  out: () => {},
  drain: async () => {},
  err: () => {},
  env: {},
  cwd: "/",
  isTerminal: false,
  signal: new AbortController().signal,
};

/** Every command as words: `secret set`. */
const COMMANDS = createProgram(io, () => {}).commands.flatMap((command) =>
  command.commands.length === 0
    ? [[command.name()]]
    : command.commands.map((inner) => [command.name(), inner.name()]),
);

describe("the command line", () => {
  let shell: Shell;

  beforeAll(async () => {
    shell = await startShell();
  });

  afterAll(() => shell[Symbol.asyncDispose]());

  test("has the commands that are promised", () => {
    expect(COMMANDS.map((words) => words.join(" "))).toEqual(
      expect.arrayContaining([
        "init",
        "validate",
        "secret set",
        "secret status",
        "doctor",
        "pull",
        "backfill",
        "verify",
        "run",
        "status",
        "query",
        "tables",
        "simulate",
      ]),
    );
  });

  test.each(COMMANDS)("%s %s --help says what it does, with examples", async (...words) => {
    const command = words.filter((word) => word !== undefined);
    const { code, out, err } = await shell.run([...command, "--help"]);
    expect(code).toBe(0);
    expect(err).toBe("");
    expect(out).toMatch(new RegExp(`^Usage: duolake ${command.join(" ")} `));
    expect(out).toContain(`Examples:\n`);
    expect(out.split("Examples:")[1]).toContain(`duolake ${command.join(" ")}`);
  });

  test.each(["pull", "backfill", "verify", "replay"])("%s takes --source and --table", async (word) => {
    const { out } = await shell.run([word, "--help"]);
    expect(out).toMatch(/--source <name> .*\n +--table <name> /);
  });

  test("--help lists the commands, how to begin and the exit codes", async () => {
    const { code, out } = await shell.run(["--help"]);
    expect(code).toBe(0);
    for (const [word] of COMMANDS) expect(out).toMatch(new RegExp(`^ {2}${word} `, "m"));
    expect(out).toContain("duolake init my-logs");
    expect(out).toContain("Exit codes: 0 done");
  });

  test("--version prints the version of the package", async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    expect(await shell.run(["--version"])).toMatchObject({ code: 0, out: `${version}\n`, err: "" });
  });

  test.each([
    [["pul"], "Did you mean pull?"],
    [["pull", "--tabel", "auth"], "Did you mean --table?"],
    [["pull", "auth"], "too many arguments"],
    [["init"], "missing required argument 'dir'"],
    [["query"], "missing required argument 'sql'"],
    [["query", "SELECT 1", "--format", "xml"], "Allowed choices are table, json, ndjson, csv"],
    [["secret", "set"], "missing required argument 'source'"],
    [["secret", "get"], "unknown command"],
    [["run", "--json"], "unknown option"],
  ])("%j is wrong usage: exit code 2 and what to do on standard error", async (argv, said) => {
    const { code, out, err } = await shell.run(argv);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).toContain(said);
    expect(err).toContain("--help");
  });

  test("nothing at all is answered with the help, and exit code 2", async () => {
    const { code, err } = await shell.run([]);
    expect(code).toBe(2);
    expect(err).toContain("Usage: duolake");
  });
});

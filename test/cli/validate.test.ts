import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startDuoShell, startShell } from "./support/cli.ts";

describe("validate", () => {
  test("says what a directory means, from any folder below it", async () => {
    await using shell = await startDuoShell();
    const cwd = join(shell.dir, "log_sources", "duo");
    const { code, out, err } = await shell.run(["validate"], { cwd });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain("1 log source(s), 2 table(s)");
    expect(out).toContain("duo_admin, duo_auth");
  });

  test("--json prints sources, problems and warnings", async () => {
    await using shell = await startDuoShell();
    expect((await shell.run(["validate", "--json"])).json()).toEqual({
      valid: true,
      dir: shell.dir,
      sources: [{ name: "duo", tables: ["duo_admin", "duo_auth"] }],
      problems: [],
      warnings: [],
      notes: [],
    });
  });

  test("reports every problem with its place: exit code 2", async () => {
    await using shell = await startDuoShell({ tables: ["auth"] });
    await writeFile(join(shell.dir, "log_sources/duo/tables/auht.yml"), "name: auht\n");
    await writeFile(join(shell.dir, "matano.config.yml"), "pull:\n  intervall: 5m\n");
    const text = await shell.run(["validate"]);
    expect({ code: text.code, out: text.out }).toEqual({ code: 2, out: "" });
    expect(text.err).toMatch(/^matano\.config\.yml:2:3: .*interval/m);
    expect(text.err).toMatch(/^log_sources\/duo\/tables\/auht\.yml:\d+:\d+: .*auth/m);
    const json = await shell.run(["validate", "--json"]);
    expect(json.code).toBe(2);
    expect(json.json()).toMatchObject({
      valid: false,
      problems: [
        { file: "log_sources/duo/tables/auht.yml", line: 1, column: 7, message: expect.any(String) },
        { file: "matano.config.yml", line: 2, column: 3, message: expect.any(String) },
      ],
    });
  });

  test.each([
    ["validate"],
    ["pull"],
    ["status"],
    ["doctor"],
    ["tables"],
    ["query", "SELECT 1"],
    ["secret", "status"],
    ["run"],
  ])("broken YAML stops %s: exit code 2, with the place", async (...argv) => {
    await using shell = await startShell();
    await mkdir(join(shell.dir, "log_sources"));
    await writeFile(join(shell.dir, "matano.config.yml"), "lake:\n  warehouse: [\n");
    const { code, out, err } = await shell.run(argv.filter((word) => word !== undefined));
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^matano\.config\.yml:\d+:\d+: /m);
  });

  test("a folder that is no Matano directory: exit code 2, in words and as JSON", async () => {
    await using shell = await startShell();
    const text = await shell.run(["validate"]);
    expect({ code: text.code, out: text.out }).toEqual({ code: 2, out: "" });
    expect(text.err).toContain("duolake init DIR");
    const json = await shell.run(["validate", "--json"]);
    expect(json.json()).toMatchObject({ error: { code: "config_not_found" } });
    expect(json.code).toBe(2);
  });
});

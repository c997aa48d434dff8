import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startShell, withStdin } from "./support/cli.ts";

const GIVEN = ["--api-hostname", "api-eac94d5a.duosecurity.com", "--integration-key", "DI62OFKPBEXHLW1DOB8A"];

describe("init", () => {
  test("writes a directory with the five tables of Matano, and the placeholder of the secret", async () => {
    await using shell = await startShell();
    const { code, out, err } = await shell.run(["init", "logs", ...GIVEN, "--yes"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain("duolake secret set duo");
    const dir = join(shell.dir, "logs");
    expect((await readdir(join(dir, "log_sources/duo/tables"))).sort()).toEqual([
      "admin.yml",
      "auth.yml",
      "offline_enrollment.yml",
      "summary.yml",
      "telephony.yml",
    ]);
    const secret = join(dir, ".duolake/secrets/duo.json");
    expect(JSON.parse(await readFile(secret, "utf8"))).toEqual({ secret_key: "<placeholder>" });
    expect((await stat(secret)).mode & 0o777).toBe(0o600);
    expect((await shell.run(["validate"], { cwd: dir })).code).toBe(0);
  });

  test("--json prints where and what", async () => {
    await using shell = await startShell();
    const ran = await shell.run(["init", "logs", ...GIVEN, "--tables", "auth, activity", "--json"]);
    expect(ran.code).toBe(0);
    expect(ran.json()).toEqual({
      dir: join(shell.dir, "logs"),
      files: [
        "matano.config.yml",
        "log_sources/duo/log_source.yml",
        "log_sources/duo/tables/auth.yml",
        "log_sources/duo/tables/activity.yml",
        ".gitignore",
      ],
      sources: ["duo"],
    });
  });

  test("overwrites nothing, and keeps a secret that is set", async () => {
    await using shell = await startShell();
    await shell.run(["init", "logs", ...GIVEN]);
    const dir = join(shell.dir, "logs");
    await withStdin("Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep", () =>
      shell.run(["secret", "set", "duo"], { cwd: dir }),
    );
    const again = await shell.run(["init", "logs", ...GIVEN, "--tables", "activity"]);
    expect(again.code).toBe(2);
    expect(again.err).toContain("already there, nothing was written");
    expect(await readdir(join(dir, "log_sources/duo/tables"))).not.toContain("activity.yml");
    const status = await shell.run(["secret", "status", "--json"], { cwd: dir });
    expect(status.json()).toMatchObject({ sources: [{ status: "populated" }] });
  });

  test.each([
    [["--yes"], "--api-hostname"],
    [[], "--api-hostname"],
    [["--yes", ...GIVEN.slice(0, 2)], "--integration-key"],
    [[...GIVEN, "--tables", "auht"], "did you mean auth?"],
    [[...GIVEN, "--tables", ""], "at least one table"],
    [["--api-hostname", "https://admin-eac94d5a.duosecurity.com/", ...GIVEN.slice(2)], "api-eac94d5a"],
    [["--api-hostname", "evil.example.org", ...GIVEN.slice(2)], "evil.example.org"],
  ])("with %j writes nothing: exit code 2", async (options, said) => {
    await using shell = await startShell();
    const { code, out, err } = await shell.run(["init", "logs", ...options]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(said);
    expect(err.trim().split("\n")).toHaveLength(1);
    expect(await readdir(shell.dir)).toEqual([]);
  });
});

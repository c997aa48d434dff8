import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { keysOf, startDuoShell, tablesOf } from "./support/cli.ts";

const WRONG_KEY = "wrongsecretkey00000000000000000000000001";

describe("pull, when something fails:", () => {
  test("a wrong secret is one line that says what to do: exit code 1", async () => {
    await using shell = await startDuoShell({ secretKey: WRONG_KEY, secrets: [WRONG_KEY] });
    const { code, err } = await shell.run(["pull"]);
    expect(code).toBe(1);
    expect(err).toMatch(/^duolake: Cannot read .*`duolake secret set`.*40103.* \[admin, auth\]\n$/);
  });

  test("one failing stream does not stop the others: exit code 3, and status shows the error with its age", async () => {
    await using shell = await startDuoShell();
    shell.simulator.faults.add({ kind: "error_code", code: 40301, target: "authentication_v2", times: 0 });
    const ran = await shell.run(["pull", "--json"]);
    expect(ran.code).toBe(3);
    const [admin, auth] = tablesOf(ran);
    expect(auth).toMatchObject({ table: "auth", appended: 0, error: { code: "duo_forbidden" } });
    expect(keysOf(auth?.["error"])).toEqual(["code", "message"]);
    expect(admin).toMatchObject({ table: "admin", error: null });

    const text = await shell.run(["pull"]);
    expect(text.code).toBe(3);
    expect(text.out).toContain("failed: duo_forbidden");
    expect(text.err).toContain("Grant read log");

    const status = await shell.run(["status", "--json"]);
    expect(status.code).toBe(0);
    expect(tablesOf(status)[1]?.["last_error"]).toEqual({
      code: "duo_forbidden",
      message: expect.stringContaining("Grant read log"),
      at: expect.stringMatching(/Z$/),
    });
    expect(tablesOf(status)[0]?.["last_error"]).toBeNull();
    const shown = await shell.run(["status"]);
    expect(shown.out).toMatch(/duo_auth failed \d+ s ago \(duo_forbidden\):\n {2}Cannot read /);

    shell.simulator.faults.clear();
    expect((await shell.run(["pull"])).code).toBe(0);
    expect((await shell.run(["status"])).out).not.toContain("failed");
  });

  test("every stream failing: exit code 1", async () => {
    await using shell = await startDuoShell();
    shell.simulator.faults.add({ kind: "error_code", code: 40301, times: 0 });
    const { code, err } = await shell.run(["pull"]);
    expect(code).toBe(1);
    expect(err.trim().split("\n")).toHaveLength(1);
  });

  test("a file where the lake should be: exit code 1, with the reason", async () => {
    await using shell = await startDuoShell();
    await writeFile(join(shell.dir, "lake"), "");
    const ran = await shell.run(["pull", "--json"]);
    expect(ran.code).toBe(1);
    for (const { error } of tablesOf(ran)) expect(error).toMatchObject({ code: "lake_unwritable" });
  });

  test.each([
    ["http://duo.example.org", "loopback"],
    ["ftp://127.0.0.1", "http or https"],
    ["https://user:hunter2@duo.example.org", "more than that"],
  ])("DUOLAKE_DUO_ENDPOINT_URL=%s is wrong usage: exit code 2", async (url, said) => {
    await using shell = await startDuoShell();
    const { code, out, err } = await shell.run(["pull"], { env: { DUOLAKE_DUO_ENDPOINT_URL: url } });
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(said);
    expect(err).not.toContain("hunter2");
    expect(shell.asked()).toEqual([]);
  });
});

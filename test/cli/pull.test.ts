import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { keysOf, startDuoShell, tablesOf } from "./support/cli.ts";

describe("pull", () => {
  test("pulls every table, and --json prints just the promised keys", async () => {
    await using shell = await startDuoShell({ tables: ["auth", "admin", "summary"] });
    const ran = await shell.run(["pull", "--json"]);
    expect({ code: ran.code, err: ran.err }).toEqual({ code: 0, err: "" });
    expect(keysOf(ran.json())).toEqual(["tables"]);
    const tables = tablesOf(ran);
    expect(tables.map(({ source, table, stream }) => [source, table, stream])).toEqual([
      ["duo", "admin", "administrator_v1"],
      ["duo", "auth", "authentication_v2"],
      ["duo", "summary", "info_summary"],
    ]);
    for (const table of tables) {
      expect(keysOf(table)).toEqual([
        "source",
        "table",
        "stream",
        "fetched",
        "appended",
        "duplicates",
        "rejected",
        "gaps",
        "watermark",
        "snapshot_id",
        "skipped",
        "error",
      ]);
      expect(table).toMatchObject({ rejected: 0, duplicates: 0, gaps: [], skipped: null, error: null });
      expect(table["appended"]).toBe(table["fetched"]);
      expect(table["watermark"]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    }
    // Snapshot ids have 64 bits; JSON.parse would round them.
    expect(ran.out).toMatch(/"snapshot_id":\d{15,19},/);
  });

  test("prints a line for each table; a second pull finds nothing new", async () => {
    await using shell = await startDuoShell({ tables: ["auth"] });
    const first = await shell.run(["pull"]);
    expect(first.code).toBe(0);
    expect(first.out).toMatch(
      /^source +table +new +known +rejected +complete up to\nduo +auth +[\d,]+ +0 +0 +\d{4}-/,
    );
    const second = await shell.run(["pull"]);
    expect(second.out).toMatch(/\nduo +auth +0 +\d+ +0 /);
  });

  test("--source and --table choose; what is not chosen is not asked for", async () => {
    await using shell = await startDuoShell({ tables: ["auth", "admin"] });
    const ran = await shell.run(["pull", "--source", "duo", "--table", "auth", "--json"]);
    expect(tablesOf(ran).map(({ table }) => table)).toEqual(["auth"]);
    expect(new Set(shell.asked())).toEqual(new Set(["/admin/v2/logs/authentication"]));
  });

  test.each([
    [["--source", "dou"], "did you mean duo?"],
    [["--table", "auht"], "did you mean auth?"],
    [["--table", "telephony"], "there are: admin, auth"],
    [["--since", "1d"], "unknown option"],
  ])("%j is wrong usage: exit code 2, and nothing is asked", async (options, said) => {
    await using shell = await startDuoShell();
    const { code, out, err } = await shell.run(["pull", ...options]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(said);
    expect(shell.asked()).toEqual([]);
  });

  test("without a secret it says so and asks Duo for nothing: exit code 0", async () => {
    await using shell = await startDuoShell({ secretKey: null });
    const text = await shell.run(["pull"]);
    expect(text.code).toBe(0);
    expect(text.err).toBe(
      "duolake: The secret key of duo is not set yet; `duolake secret set duo` sets it\n",
    );
    const json = await shell.run(["pull", "--json"]);
    expect(json.code).toBe(0);
    for (const table of tablesOf(json)) {
      expect(table).toMatchObject({
        fetched: 0,
        appended: 0,
        watermark: null,
        snapshot_id: null,
        skipped: "secret_not_populated",
        error: null,
      });
    }
    expect(shell.asked()).toEqual([]);
  });

  test("the placeholder is no secret: exit code 0, and nothing is asked", async () => {
    await using shell = await startDuoShell({ secretKey: "<placeholder>" });
    expect((await shell.run(["pull"])).code).toBe(0);
    expect(shell.asked()).toEqual([]);
  });

  test("rows that are rejected are counted and kept: exit code 0", async () => {
    await using shell = await startDuoShell({ tables: ["auth"] });
    shell.simulator.inject("authentication_v2", [{}], { visibleAtMs: 0, atMs: Date.now() - 600_000 });
    const ran = await shell.run(["pull", "--json"]);
    expect(ran.code).toBe(0);
    expect(tablesOf(ran)[0]).toMatchObject({ rejected: 1, error: null });
    const asked = await shell.run(["query", "SELECT reason FROM duo_dead_letter", "--json"]);
    expect(asked.json()).toEqual([{ reason: "empty_event" }]);
  });

  test("pulls every child account of a provider, and says once which one is left out", async () => {
    await using shell = await startDuoShell({
      tables: ["auth", "telephony"],
      simulator: { children: [{ users: 5 }, { users: 5 }] },
      properties: [`accounts: [DA${"A".repeat(18)}, __FIRST__]`],
    });
    const file = join(shell.dir, "log_sources", "duo", "log_source.yml");
    const known = shell.simulator.children[0]?.accountId as string;
    await writeFile(file, (await readFile(file, "utf8")).replace("__FIRST__", known));
    const ran = await shell.run(["pull", "--json"]);
    expect(ran.code).toBe(0);
    expect(tablesOf(ran).map(({ account, table }) => [account, table])).toEqual([
      [known, "auth"],
      [known, "telephony"],
    ]);
    expect(ran.err).toBe(
      `duolake: duo: warning: an account is left out: Cannot pull account DA${"A".repeat(18)} of duo: it is none of this provider's child accounts; check accounts in log_source.yml\n`,
    );
    expect((await shell.run(["pull"])).out).toMatch(/^source +account +table/);
  });

  test("a directory without tables has nothing to pull: exit code 0", async () => {
    await using shell = await startDuoShell({ tables: [] });
    const { code, out } = await shell.run(["pull"]);
    expect(code).toBe(0);
    expect(out).toContain("There is no table to pull");
  });
});

import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type DuoShell, keysOf, startDuoShell, tablesOf } from "./support/cli.ts";

const SMALL = { users: 5, days: 2, attacks: false };

async function writeTable(shell: DuoShell, table: string, fields: readonly string[]): Promise<void> {
  const lines = fields.map((field) => `    - { ${field} }\n`).join("");
  const text = fields.length === 0 ? "" : `schema:\n  fields:\n${lines}`;
  await writeFile(join(shell.dir, "log_sources/duo/tables", `${table}.yml`), text);
}

const filesOf = async (shell: DuoShell): Promise<readonly string[]> =>
  (await readdir(shell.dir, { recursive: true })).toSorted();

describe("diff", () => {
  test("shows new tables, and after the pull nothing; writes nothing and does not ask Duo", async () => {
    await using shell = await startDuoShell({ tables: ["auth", "telephony"], simulator: SMALL });
    const before = await filesOf(shell);
    const { code, out, err } = await shell.run(["diff"]);
    expect({ code, err }).toEqual({ code: 2, err: "" });
    expect(out).toMatch(
      /^table +change +column\nduo_auth +create +\d+ columns\nduo_telephony +create +\d+ columns\n$/,
    );
    expect(await filesOf(shell)).toEqual(before);
    expect(shell.asked()).toEqual([]);
    await shell.run(["pull"]);
    expect(await shell.run(["diff"])).toMatchObject({
      code: 0,
      out: "No changes: the lake has all that the directory asks for.\n",
    });
  });

  test("shows what is added, promoted, kept and refused, and the pull does just that", async () => {
    await using shell = await startDuoShell({ tables: ["auth", "telephony"], simulator: SMALL });
    await writeTable(shell, "auth", [
      "name: score, type: int",
      "name: old, type: date",
      "name: s, type: { type: struct, fields: [{ name: a, type: string }] }",
    ]);
    await shell.run(["pull"]);
    await writeTable(shell, "auth", [
      "name: score, type: long",
      "name: s, type: { type: struct, fields: [{ name: a, type: string }, { name: b, type: { type: list, element: int } }] }",
    ]);
    await rm(join(shell.dir, "log_sources/duo/tables/telephony.yml"));
    const { code, out } = await shell.run(["diff"]);
    expect(code).toBe(2);
    expect(out.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["table", "change", "column"],
      ["duo_auth", "add", "s.b", "list<int>"],
      ["duo_auth", "promote", "score", "int -> long"],
      ["duo_auth", "keep", "old", "date, not configured: null in new rows"],
      ["duo_telephony", "keep", "not configured: stays as it is"],
      [""],
    ]);
    const json = await shell.run(["diff", "--json"]);
    const [auth, telephony] = tablesOf(json);
    expect(json.json()).toMatchObject({ changes: true });
    expect(auth).toEqual({
      source: "duo",
      table: "auth",
      change: "change",
      added: [{ column: "s.b", type: "list<int>" }],
      promoted: [{ column: "score", from: "int", to: "long" }],
      unconfigured: [{ column: "old", type: "date" }],
      renames: [],
      conflicts: [],
      error: null,
    });
    expect(telephony).toMatchObject({ table: "telephony", change: "unconfigured", added: [] });
    expect(keysOf(telephony)).toEqual(keysOf(auth));

    expect((await shell.run(["pull"])).code).toBe(0);
    const after = await shell.run(["diff"]);
    expect(after.code).toBe(0);
    expect(after.out).toMatch(/^No changes: .*\ntable .*\nduo_auth +keep +old .*\nduo_telephony +keep .*\n$/);
    const rows = await shell.run(["query", "--json", "SELECT DISTINCT score, s.b FROM duo_auth"]);
    expect(rows.json()).toEqual([{ score: null, b: null }]);
  });

  test("shows conflicts with the reason, and nothing of what would be added beside them", async () => {
    await using shell = await startDuoShell({ tables: ["auth"], simulator: SMALL });
    await writeTable(shell, "auth", ["name: score, type: int"]);
    await shell.run(["pull"]);
    await writeTable(shell, "auth", ["name: score, type: string", "name: fresh, type: string"]);
    const { code, out } = await shell.run(["diff"]);
    expect(code).toBe(2);
    expect(out).toMatch(/\nduo_auth +refuse +score +the table has type int, wanted is string\n$/);
    expect(tablesOf(await shell.run(["diff", "--json"]))).toMatchObject([
      { change: "refuse", conflicts: [{ column: "score", reason: expect.any(String) }] },
    ]);
  });
});

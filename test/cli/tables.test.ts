import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DuoShell, keysOf, startDuoShell } from "./support/cli.ts";

interface Tables {
  readonly tables: readonly {
    readonly table: string;
    readonly name: string;
    readonly description: string;
    readonly columns: readonly {
      readonly name: string;
      readonly type: string;
      readonly description: string;
    }[];
  }[];
}

describe("tables", () => {
  let shell: DuoShell;

  beforeAll(async () => {
    shell = await startDuoShell();
  });

  afterAll(() => shell[Symbol.asyncDispose]());

  test("lists the tables with what they hold", async () => {
    const { code, out } = await shell.run(["tables"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^table +columns +holds\nduo_admin +\d+ +\S.*\nduo_auth +\d+ +\S/);
  });

  test("--json gives every column with its type and what it means", async () => {
    const ran = await shell.run(["tables", "--json"]);
    const { tables } = ran.json() as Tables;
    expect(tables.map(({ table, name }) => [table, name])).toEqual([
      ["admin", "duo_admin"],
      ["auth", "duo_auth"],
    ]);
    for (const table of tables) {
      expect(keysOf(table)).toEqual(["table", "name", "description", "columns"]);
      expect(table.columns[0]).toMatchObject({ name: "ts", type: "timestamptz" });
      for (const column of table.columns) expect(keysOf(column)).toEqual(["name", "type", "description"]);
      expect(table.columns.filter(({ description }) => description === "")).toEqual([]);
    }
  });

  test.each(["auth", "duo_auth"])("%s names one table", async (name) => {
    const { code, out } = await shell.run(["tables", name]);
    expect(code).toBe(0);
    expect(out).toMatch(/^column +type +description\nts +timestamptz +\S/);
    expect(out).toMatch(/^user\.name +string /m);
    const json = (await shell.run(["tables", name, "--json"])).json() as Tables;
    expect(json.tables.map((table) => table.name)).toEqual(["duo_auth"]);
  });

  test("--format iceberg prints the schema as Iceberg has it", async () => {
    const one = (await shell.run(["tables", "auth", "--format", "iceberg"])).json();
    expect(one).toMatchObject({
      type: "struct",
      "schema-id": 0,
      fields: expect.arrayContaining([expect.objectContaining({ name: "ts", type: "timestamptz", id: 1 })]),
    });
    const all = (await shell.run(["tables", "--format", "iceberg"])).json();
    expect(keysOf(all)).toEqual(["duo_admin", "duo_auth"]);
    expect((all as Record<string, unknown>)["duo_auth"]).toEqual(one);
  });

  test("a table that there is not: exit code 2, with a suggestion", async () => {
    const { code, out, err } = await shell.run(["tables", "auht"]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("did you mean auth?");
  });
});

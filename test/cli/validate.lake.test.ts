import { readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DuoShell, startDuoShell } from "./support/cli.ts";

const SMALL = { users: 5, days: 2, attacks: false };
const TABLE_FILE = "log_sources/duo/tables/auth.yml";

/** Writes the table's file with these fields, one a line from line 4 on. */
async function writeFields(shell: DuoShell, fields: readonly string[], names = "[]"): Promise<void> {
  const lines = fields.map((field) => `    - { ${field} }\n`).join("");
  const list = fields.length === 0 ? "  fields: []\n" : `  fields:\n${lines}`;
  await writeFile(join(shell.dir, TABLE_FILE), `schema:\n  ecs_field_names: ${names}\n${list}`);
}

const filesOf = async (shell: DuoShell): Promise<readonly string[]> =>
  (await readdir(shell.dir, { recursive: true })).toSorted();

describe("validate of a directory whose lake has data", () => {
  let shell: DuoShell;

  beforeAll(async () => {
    shell = await startDuoShell({ tables: ["auth"], simulator: SMALL });
    await writeFields(shell, [
      "name: note, type: string",
      "name: score, type: int",
      "name: event, type: { type: struct, fields: [{ name: duo_note, type: string }] }",
      "name: things, type: { type: list, element: { type: struct, fields: [{ name: x, type: float }] } }",
    ]);
    await shell.run(["pull"]);
    shell.simulator.ledger.clearRequests();
  });

  afterAll(() => shell[Symbol.asyncDispose]());

  test("refuses each column that cannot be as configured, at its place, and writes nothing", async () => {
    const fields = [
      "name: note, type: long",
      "name: score, type: long",
      "name: event, type: { type: struct, fields: [{ name: duo_note, type: boolean }] }",
      "name: things, type: { type: list, element: { type: struct, fields: [{ name: x, type: int }] } }",
      "name: ts_day, type: date",
    ];
    await writeFields(shell, fields);
    const place = (index: number, type: string): string =>
      `${TABLE_FILE}:${index + 4}:${"    - { ".length + (fields[index] ?? "").lastIndexOf(type) + 1}:`;
    const before = await filesOf(shell);
    const { code, out, err } = await shell.run(["validate"]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    const reason = (have: string, want: string): string =>
      `cannot be stored in the table duo_auth: the table has type ${have}, wanted is ${want}`;
    expect(err.trimEnd().split("\n").slice(1)).toEqual([
      `${place(0, "long")} note ${reason("string", "long")}`,
      `${place(2, "boolean")} event.duo_note ${reason("string", "boolean")}`,
      `${place(3, "int")} things.element.x ${reason("float", "int")}`,
      `${place(4, "date")} ts_day cannot be stored in the table duo_auth: it is the name of the partition`,
    ]);
    const json = await shell.run(["validate", "--json"]);
    expect(json.code).toBe(2);
    expect(json.json()).toMatchObject({
      valid: false,
      problems: [{ file: TABLE_FILE, line: 4 }, {}, {}, {}],
    });
    expect(await filesOf(shell)).toEqual(before);
    expect(await shell.run(["validate", "--offline"])).toMatchObject({ code: 0, err: "" });
  });

  test("pull refuses the same before Duo is asked for an event", async () => {
    await writeFields(shell, ["name: note, type: long"]);
    const { code, err } = await shell.run(["pull"]);
    expect(code).toBe(1);
    expect(err).toContain("column note: the table has type string, wanted is long");
    expect(shell.asked().filter((path) => path.includes("logs"))).toEqual([]);
  });

  test("names columns and tables that are not configured any more, and what looks like a rename", async () => {
    await writeFields(shell, ["name: comment, type: string"]);
    const { code, out, err } = await shell.run(["validate"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain(
      "note: duo_auth has columns that are not configured any more; they stay, null in new rows: event.duo_note, note, score, things\n",
    );
    expect(out).toContain("note: duo_auth: comment looks like a new name of note, but");
    const notes = (await shell.run(["validate", "--json"])).json();
    expect(notes).toMatchObject({ valid: true, notes: [expect.any(String), expect.any(String)] });
  });

  test("an ECS name that meets a column of another type is refused where it stands", async () => {
    await writeFields(shell, ["name: things, type: int"], "[user.roles]");
    expect((await shell.run(["validate"])).err).toContain(`${TABLE_FILE}:4:29: things cannot be stored`);
    expect((await shell.run(["validate"])).err).not.toContain("user.roles");
  });

  test("a table that cannot be read is a warning", async () => {
    await writeFields(shell, []);
    const metadata = join(shell.dir, "lake", "matano", "duo_auth", "metadata");
    const names = (await readdir(metadata)).filter((name) => name.endsWith(".metadata.json"));
    const last = names.toSorted((a, b) => Number(/\d+/.exec(a)) - Number(/\d+/.exec(b))).at(-1) ?? "";
    await writeFile(join(metadata, last), '{"format-version": 3}');
    const { code, out, err } = await shell.run(["validate"]);
    expect(code).toBe(0);
    expect(out).toContain("is valid");
    expect(err).toMatch(/^duolake: warning: not compared with the lake: .*format version 2/);
    expect(await shell.run(["diff"])).toMatchObject({
      code: 1,
      out: expect.stringMatching(/duo_auth +unreadable +lake_format_unsupported/),
      err: expect.stringContaining("format version 2"),
    });
  });
});

test("validate makes no lake where there is none", async () => {
  await using shell = await startDuoShell({ tables: ["auth"], simulator: SMALL });
  const before = await filesOf(shell);
  expect(await shell.run(["validate"])).toMatchObject({ code: 0, err: "" });
  expect(await filesOf(shell)).toEqual(before);
});

test("validate warns of a lake that cannot be reached", async () => {
  await using shell = await startDuoShell({ tables: ["auth"], simulator: SMALL });
  await symlink("lake", join(shell.dir, "lake"));
  const { code, err } = await shell.run(["validate"]);
  expect(code).toBe(0);
  expect(err).toContain("duolake: warning: not compared with the lake: ");
  expect((await shell.run(["diff"])).code).toBe(1);
  expect(await shell.run(["validate", "--offline"])).toMatchObject({ code: 0, err: "" });
});

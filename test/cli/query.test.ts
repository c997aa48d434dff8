import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseJson } from "../../src/core/json.ts";
import { type DuoShell, type Ran, startDuoShell } from "./support/cli.ts";

const ODD = `SELECT 1 AS n, 'say "hi", you' AS text, NULL AS nothing
  UNION ALL SELECT 22, 'two' || chr(10) || 'lines', NULL
  UNION ALL SELECT 333, chr(27) || '[31mred' || chr(7) || chr(133), NULL`;

describe("query", () => {
  let shell: DuoShell;
  const query = (sql: string, ...options: readonly string[]): Promise<Ran> =>
    shell.run(["query", sql, ...options]);

  beforeAll(async () => {
    shell = await startDuoShell();
    await shell.run(["pull", "--table", "auth"]);
  });

  afterAll(() => shell[Symbol.asyncDispose]());

  test("asks the tables under their resolved names, instants with Z", async () => {
    const { code, out } = await query(
      "SELECT ts, user.name AS name FROM duo_auth LIMIT 1",
      "--format",
      "json",
    );
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual([
      { ts: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$/), name: expect.any(String) },
    ]);
  });

  test("prints a table: numbers to the right, nothing for null, no control character reaches the terminal", async () => {
    const { out, err } = await query(ODD);
    expect(out).toBe(
      ["  n  text           nothing", '  1  say "hi", you', " 22  two·lines", "333  ·[31mred··", ""].join(
        "\n",
      ),
    );
    expect(err).toBe("3 rows\n");
  });

  test("prints no control character of a column's name either", async () => {
    const { out } = await query(`SELECT 1 AS "a\u001b[31m"`);
    expect(out).toBe("a·[31m\n     1\n");
  });

  test("cuts long cells and long answers of a table, and says so", async () => {
    const long = await query("SELECT repeat('x', 200) AS x");
    expect(long.out.split("\n")[1]).toBe(`${"x".repeat(79)}…`);
    const many = await query("SELECT i FROM range(10003) t(i)");
    expect(many.out.split("\n")).toHaveLength(10_002);
    expect(many.err).toBe("10,003 rows, 3 of them not shown; --format csv or ndjson prints all\n");
  });

  test("prints JSON: one array of objects", async () => {
    const { out, err } = await query(ODD, "--format", "json");
    expect(JSON.parse(out)).toEqual([
      { n: 1, text: 'say "hi", you', nothing: null },
      { n: 22, text: "two\nlines", nothing: null },
      { n: 333, text: "\u001b[31mred\u0007\u0085", nothing: null },
    ]);
    expect(err).toBe("");
    expect((await query(ODD, "--json")).out).toBe(out);
  });

  test("prints NDJSON: one object a line", async () => {
    const { out } = await query(ODD, "--format", "ndjson");
    const lines = out.split("\n");
    expect(lines.pop()).toBe("");
    expect(lines.map((line) => (JSON.parse(line) as { n: number }).n)).toEqual([1, 22, 333]);
  });

  test("prints CSV: quoted where needed, quotes doubled", async () => {
    const { out } = await query(ODD, "--format", "csv");
    expect(out).toBe(
      'n,text,nothing\n1,"say ""hi"", you",\n22,"two\nlines",\n333,\u001b[31mred\u0007\u0085,\n',
    );
  });

  test("prints structures as JSON in tables and CSV, and integers exactly", async () => {
    const sql = "SELECT {'a': [1, NULL]} AS s, 9007199254740993 AS n";
    expect((await query(sql)).out).toBe(
      's                              n\n{"a":[1,null]}  9007199254740993\n',
    );
    expect((await query(sql, "--format", "csv")).out).toBe('s,n\n"{""a"":[1,null]}",9007199254740993\n');
    expect(parseJson((await query(sql, "--json")).out)).toEqual([
      { s: { a: [1, null] }, n: 9007199254740993n },
    ]);
  });

  test.each([
    ["table", "a  b\n", "0 rows\n"],
    ["json", "[]\n", ""],
    ["ndjson", "", ""],
    ["csv", "a,b\n", ""],
  ])("prints no rows as %s", async (format, out, err) => {
    expect(await query("SELECT 1 AS a, 2 AS b WHERE false", "--format", format)).toMatchObject({ out, err });
  });

  test("numbers columns of one name, so that none is lost", async () => {
    const { out } = await query('SELECT 1 AS a, 2 AS a, 3 AS "a_1", 4 AS a, 5 AS "__proto__"', "--json");
    expect(out).toBe('[\n{"a":1,"a_2":2,"a_1":3,"a_3":4,"__proto__":5}\n]\n');
    expect((await query("SELECT 1 AS a, 2 AS a", "--format", "csv")).out).toBe("a,a\n1,2\n");
  });

  test("prints many rows in every format", async () => {
    const sql = "SELECT i FROM range(5000) t(i)";
    expect((await query(sql, "--json")).json()).toHaveLength(5_000);
    expect((await query(sql, "--format", "ndjson")).out.trimEnd().split("\n")).toHaveLength(5_000);
    expect((await query(sql, "--format", "csv")).out.trimEnd().split("\n")).toHaveLength(5_001);
  });

  test.each(["COPY duo_auth TO 'out.csv'", "SELECT * FROM duo_nothing", "SELECT 1; SELECT 2", ""])(
    "%j is wrong usage: exit code 2, and no half a document",
    async (sql) => {
      for (const format of ["json", "csv"]) {
        expect(await query(sql, "--format", format)).toMatchObject({ code: 2, out: "" });
      }
      const json = await query(sql, "--json");
      expect(json.code).toBe(2);
      expect(json.json()).toMatchObject({ error: { code: "query_invalid" } });
    },
  );

  test("a lake that cannot be read: exit code 1", async () => {
    await using broken = await startDuoShell();
    const metadata = join(broken.dir, "lake/matano/duo_auth/metadata");
    await mkdir(metadata, { recursive: true });
    await writeFile(join(metadata, "v1.metadata.json"), "{");
    const { code, err } = await broken.run(["query", "SELECT * FROM duo_auth"]);
    expect(code).toBe(1);
    expect(err).toMatch(/^duolake: Cannot /);
  });

  test("bounds ts by --since and --until, and reads the tables as of a moment", async () => {
    const sql = "SELECT count(*) AS n FROM duo_auth";
    const count = async (...options: readonly string[]): Promise<unknown> =>
      (await query(sql, "--json", ...options)).json();
    const [{ n: all }] = (await count()) as [{ n: number }];
    const [{ n: older }] = (await count("--until", "2026-01-01")) as [{ n: number }];
    const [{ n: younger }] = (await count("--since", "2026-01-01")) as [{ n: number }];
    expect(all).toBeGreaterThan(0);
    expect(older + younger).toBe(all);
    expect(await query(sql, "--as-of", "1")).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringContaining("Cannot read table duo_auth as of snapshot 1: its history begins with"),
    });
    expect(await query(sql, "--since", "tomorrow")).toMatchObject({ code: 2, out: "" });
  });

  test("is stopped by the signal: exit code 1", async () => {
    const sql = "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE (a.range * b.range) % 7 = 3";
    const ran = await shell.run(["query", sql], { signal: AbortSignal.timeout(100) });
    expect(ran).toMatchObject({ code: 1, out: "", err: expect.stringContaining("asked to stop") });
  });
});

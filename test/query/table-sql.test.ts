import { expect, test } from "vitest";
import type { Column } from "../../src/core/columns.ts";
import { stringifyJson } from "../../src/core/json.ts";
import { type FileToRead, planRead } from "../../src/lake/plan-read.ts";
import { connect } from "../../src/query/connect.ts";
import { tableSql } from "../../src/query/table-sql.ts";
import { type QueryLake, queryLake } from "./support/query-lake.ts";

const text = (name: string): Column => ({ name, type: "string" });
const event = (...names: readonly string[]): Column => ({
  name: "event",
  type: { type: "struct", fields: names.map(text) },
});
const TS: Column = { name: "ts", type: "timestamptz" };
const OLD: readonly Column[] = [TS, event("outcome"), { name: "n", type: "int" }];
const NEW: readonly Column[] = [TS, event("outcome", "reason"), { name: "n", type: "int" }, text("added")];

async function sqlOf(
  lake: QueryLake,
  change: (file: FileToRead) => FileToRead = (file) => file,
): Promise<string> {
  const table = await lake.lake.load("t");
  if (table === undefined) throw new Error("there is no table");
  const connection = await connect(2 ** 28);
  try {
    const { files, deletes } = await planRead(table, {});
    return await tableSql(connection, { table, plan: { files: files.map(change), deletes }, range: {} });
  } finally {
    connection.closeSync();
  }
}

const BY_NAME = "hive_partitioning = false";
const BY_ID = "schema = MAP";

test("tableSql reads files with the columns of today by name, older ones by id, all as one table", async () => {
  await using lake = await queryLake();
  await lake.create("t", OLD, [{ ts: "2026-03-01T00:00:00Z", event: { outcome: "failure" }, n: 1 }]);
  expect(await sqlOf(lake)).toContain(BY_NAME);
  expect(await sqlOf(lake)).not.toContain(BY_ID);
  const table = await lake.lake.load("t");
  if (table !== undefined) await lake.lake.evolve(table, NEW);
  expect(await sqlOf(lake)).not.toContain(BY_NAME);
  await lake.append("t", [
    { ts: "2026-03-02T00:00:00Z", event: { outcome: "success", reason: "r" }, n: 2, added: "a" },
  ]);
  expect(await sqlOf(lake)).toMatch(/hive_partitioning = false.* UNION ALL .*schema = MAP/);
  const rows = [
    ["2026-03-01T00:00:00Z", { outcome: "failure", reason: null }, 1, null],
    ["2026-03-02T00:00:00Z", { outcome: "success", reason: "r" }, 2, "a"],
  ];
  expect((await lake.ask("FROM t ORDER BY ts")).rows).toEqual(rows);
  expect((await lake.ask("SELECT n FROM t WHERE event.reason = 'r'")).rows).toEqual([[2]]);
  expect((await lake.ask("SELECT n FROM t WHERE event.outcome = 'failure'")).rows).toEqual([[1]]);
});

test("tableSql reads by id where a column has another type than once, and where the manifest tells no columns", async () => {
  await using lake = await queryLake();
  await lake.create("t", OLD, [{ ts: "2026-03-01T00:00:00Z", n: 1 }]);
  const unknown = ({ leafKey: _left, ...file }: FileToRead): FileToRead => file;
  expect(await sqlOf(lake, unknown)).not.toContain(BY_NAME);
  const table = await lake.lake.load("t");
  const wider = OLD.map((column): Column => (column.name === "n" ? { name: "n", type: "long" } : column));
  if (table !== undefined) await lake.lake.evolve(table, wider);
  await lake.append("t", [{ ts: "2026-03-02T00:00:00Z", n: 9007199254740993n }]);
  expect(await sqlOf(lake)).not.toContain(BY_NAME);
  expect((await lake.ask("SELECT n FROM t ORDER BY ts")).rows).toEqual([[1], [9007199254740993n]]);
});

test("tableSql tries conditions on event last, wherever the column and the condition stand", async () => {
  await using lake = await queryLake();
  const user: Column = { name: "user", type: { type: "struct", fields: [text("name")] } };
  await lake.create(
    "t",
    [TS, event("outcome"), user],
    [
      { ts: "2026-03-01T00:00:00Z", event: { outcome: "failure" }, user: { name: "ann" } },
      { ts: "2026-03-01T00:00:01Z", event: { outcome: "failure" }, user: { name: "bob" } },
    ],
  );
  const question = "SELECT ts FROM t WHERE event.outcome = 'failure' AND user.name = 'ann'";
  const [plan] = (await lake.ask(`EXPLAIN ${question}`)).rows;
  expect(stringifyJson(plan?.[1] ?? null)).toMatch(/user\.name='ann'[^]*event\.outcome='failure'/);
  expect((await lake.ask(question)).rows).toEqual([["2026-03-01T00:00:00Z"]]);
  expect((await lake.ask("FROM t")).columns).toEqual(["ts", "event", "user"]);
});

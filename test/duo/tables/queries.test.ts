import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Column, ColumnType } from "../../../src/core/columns.ts";
import { stringifyJson } from "../../../src/core/json.ts";
import { LOG_TABLES } from "../../../src/duo/tables/index.ts";
import { QUERIES } from "../../../tools/docs/queries.ts";
import { mapRow } from "../../support/map-row.ts";
import { sampleEvents } from "../../support/sample-events.ts";

/** Tables as DuckDB sees them, with the sample events in them. */
async function createTables(connection: DuckDBConnection): Promise<void> {
  for (const { name, columns } of LOG_TABLES) {
    const list = columns().map((column) => `"${column.name}" ${sqlType(column.type)}`);
    await connection.run(`CREATE TABLE duo_${name} (${list.join(", ")})`);
    for (const event of sampleEvents(name)) {
      const json = stringifyJson(mapRow(name, event)).replaceAll("'", "''");
      const struct = sqlType({ type: "struct", fields: columns() });
      await connection.run(
        `INSERT INTO duo_${name} SELECT unnest(from_json('${json}', '${stringifyJson(jsonStructure(columns()))}')::${struct})`,
      );
    }
  }
}

function sqlType(type: ColumnType): string {
  if (typeof type === "string")
    return { string: "VARCHAR", long: "BIGINT", int: "INTEGER" }[type as "int"] ?? type;
  if (type.type === "list") return `${sqlType(type.element)}[]`;
  return `STRUCT(${type.fields.map((field) => `"${field.name}" ${sqlType(field.type)}`).join(", ")})`;
}

function jsonStructure(columns: readonly Column[]): unknown {
  return Object.fromEntries(columns.map(({ name, type }) => [name, jsonType(type)]));
}

function jsonType(type: ColumnType): unknown {
  if (typeof type === "string") return sqlType(type);
  return type.type === "list" ? [jsonType(type.element)] : jsonStructure(type.fields);
}

describe("documented queries", () => {
  let connection: DuckDBConnection;

  beforeAll(async () => {
    const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
    connection = await instance.connect();
    await createTables(connection);
  });

  afterAll(() => {
    connection.closeSync();
  });

  test.each(LOG_TABLES.map(({ name }) => [name, QUERIES[name]] as const))(
    "%s has four or five",
    (_name, queries) => {
      expect([4, 5]).toContain(queries.length);
    },
  );

  test.each([
    ["auth", "Which sign-ins did users report as fraud?"],
    ["activity", "Which users' state changed, from what to what, and by whom?"],
    [
      "trust_monitor",
      "How did the surfaced sign-ins end, and what does the authentication log say about them?",
    ],
    ["trust_monitor", "Who switched bypass on, for whom?"],
    ["offline_enrollment", "Who can sign in offline now, on which computer?"],
    ["admin", "Who made or looked at bypass codes, and for which user?"],
  ] as const)("%s: %s finds the sample event", async (name, question) => {
    const query = QUERIES[name].find((candidate) => candidate.question === question);
    const reader = await connection.runAndReadAll(query?.sql ?? "");
    expect(reader.currentRowCount).toBe(1);
  });

  const all = Object.values(QUERIES).flat();

  test.each(all)("$question", async ({ sql }) => {
    const reader = await connection.runAndReadAll(sql);
    expect(reader.columnCount).toBeGreaterThan(0);
  });
});

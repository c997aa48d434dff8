import type { DuckDBConnection } from "@duckdb/node-api";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Column } from "../../src/core/columns.ts";
import type { Json } from "../../src/core/json.ts";
import type { Row } from "../../src/core/row.ts";
import { literal } from "../../src/lake/parquet/duckdb-types.ts";
import { connect } from "../../src/query/connect.ts";
import { jsonValue } from "../../src/query/json-value.ts";
import type { QueryOptions } from "../../src/query/open-query.ts";
import { createRandom } from "../support/random.ts";
import { type QueryLake, queryLake, type Whole } from "./support/query-lake.ts";

const COLUMNS: readonly Column[] = [
  { name: "ts", type: "timestamptz" },
  { name: "n", type: "long" },
  { name: "user", type: { type: "struct", fields: [{ name: "name", type: "string" }] } },
];
/** Days on both sides of a month's, a year's and the epoch's end, with their first and last microsecond. */
const DAYS = [
  "1969-12-31",
  "1970-01-01",
  "2025-12-30",
  "2025-12-31",
  "2026-01-01",
  "2026-01-02",
  "2026-02-01",
];
const TIMES = ["00:00:00", "00:00:00.000001", "04:59:59.5", "12:00:00", "19:00:00", "23:59:59.999999"];
const FILE_COUNT = 9;
const QUESTION_COUNT = Number(process.env["DUOLAKE_QUESTION_COUNT"] ?? 60);

function randomRows(seed: number): readonly Row[] {
  const random = createRandom(seed);
  return Array.from({ length: random.between(1, 12) }, () => ({
    ts: `${random.pick(DAYS)}T${random.pick(TIMES)}Z`,
    n: random.chance(0.2) ? null : BigInt(random.between(0, 5)),
    user: { name: random.pick(["ann", "bob", "cid"]) },
  }));
}

const pick = (...texts: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...texts);
const instant = fc
  .tuple(fc.constantFrom(...DAYS), fc.constantFrom(...TIMES))
  .map(([day, time]) => `TIMESTAMPTZ '${day} ${time}Z'`);
const date = fc.constantFrom(...DAYS).map((day) => `DATE '${day}'`);

/** Of one day: such are counted without reading rows. */
const ofDay = pick(
  "ts::DATE",
  "CAST(duo_auth.ts AS DATE)",
  'TRY_CAST("TS" AS DATE)',
  "date_trunc('day', ts)",
  "date_trunc('Week', ts)",
  "date_trunc('month', ts::DATE)",
  "year(ts)",
  "extract(isodow FROM ts)",
  "date_part('doy', ts)",
  "dayname(ts)",
  "yearweek(ts)",
  "last_day(ts)",
  "strftime(ts, '%Y-%m-%d, 100%%')",
  "strftime(ts::DATE, '%H')",
  "make_timestamp(epoch_us(ts))::DATE",
  "date_trunc('quarter', ts AT TIME ZONE 'UTC')",
  "(ts::DATE + 1)",
  "(ts::DATE - current_date < -30)",
  "ts::DATE::VARCHAR",
  "1",
);
/** Of more than a day: these look like the others. */
const finer = pick(
  "ts",
  "n",
  "user.name",
  "hour(ts)",
  "date_trunc('hour', ts)",
  "date_trunc('day', ts + INTERVAL 5 HOUR)",
  "(ts AT TIME ZONE 'America/New_York')::DATE",
  "date_trunc('day', ts AT TIME ZONE 'Asia/Tokyo')",
  "strftime(ts, '%Y-%m-%d %H')",
  "strftime(ts, '%c')",
  "epoch_us(ts)",
  "ts::VARCHAR",
  "(ts + INTERVAL 1 HOUR)::DATE",
);
const count = fc.oneof(
  { weight: 4, arbitrary: pick("count(*)", "count(*) AS n_rows", "count()", "count(*) * 2 AS twice") },
  pick("count(*) * 2", "count(1)", "count(n)", "count(ts)", "count(DISTINCT ts)", "sum(n)", "max(ts)"),
  pick("count(*) FILTER (WHERE n > 2)", "count(*) FILTER (ts::DATE > DATE '2025-12-31')"),
);
const operator = pick("<", "<=", "=", ">", ">=", "<>");
const condition = fc.oneof(
  fc.tuple(pick("ts::DATE", "date_trunc('day', ts)"), operator, date).map((words) => words.join(" ")),
  fc.tuple(date, date).map(([from, to]) => `ts::DATE BETWEEN ${from} AND ${to}`),
  fc.tuple(fc.constant("ts"), operator, instant).map((words) => words.join(" ")),
  fc.tuple(instant, operator, fc.constant("ts")).map((words) => words.join(" ")),
  fc.tuple(instant, instant).map(([from, to]) => `ts BETWEEN ${from} AND ${to}`),
  pick("year(ts) IN (1970, 2026)", "user.name = 'ann'", "n IS NULL", "n > 2", "hour(ts) < 12", "true"),
);
const conditions = fc.oneof(
  condition,
  condition.map((one) => `NOT (${one})`),
  fc.tuple(condition, pick("AND", "OR"), condition).map(([a, word, b]) => `(${a}) ${word} (${b})`),
);
const source = fc.oneof(
  { weight: 5, arbitrary: pick("duo_auth", "DUO_AUTH", '"duo_auth"') },
  pick("(SELECT * FROM duo_auth) AS duo_auth", "duo_auth TABLESAMPLE 100%", "duo_auth AS duo_auth(ts, n)"),
  conditions.map((where) => `(SELECT * FROM duo_auth WHERE ${where}) AS duo_auth`),
  instant.map((ts) => `(FROM duo_auth UNION ALL FROM duo_auth WHERE ts > ${ts}) AS duo_auth`),
  pick("duo_auth JOIN (SELECT 1 AS one) ON one > 0"),
);
/** Questions that count rows by groups; all but the columns of the groups may be left out. */
const counting = fc
  .record({
    key: fc.oneof({ weight: 3, arbitrary: ofDay }, finer),
    alias: pick("", " AS day", " AS n", ' AS "duolake.rows"', " AS ts"),
    count,
    from: source,
    where: fc.option(conditions, { nil: undefined }),
    group: pick("GROUP BY 1", "GROUP BY ALL", "GROUP BY KEY", "GROUP BY day", ""),
    having: pick("", "HAVING count(*) > 2", "HAVING max(n) > 2", "HAVING ts::DATE > DATE '2026-01-01'"),
    order: pick("", "ORDER BY 1", "ORDER BY ALL DESC", "ORDER BY count(*)", "ORDER BY day", "ORDER BY ts"),
  })
  .map(({ key, alias, count: counted, from, where, group, having, order }) =>
    [
      `SELECT ${key}${alias}, ${counted} FROM ${from}`,
      ...(where === undefined ? [] : [`WHERE ${where}`]),
      group.replace("KEY", key),
      having,
      order,
    ].join(" "),
  );
const whole = fc
  .tuple(count, source, conditions)
  .map(([counted, from, where]) => `SELECT ${counted} FROM ${from} WHERE ${where}`);
const rows = fc
  .tuple(pick("*", "ts, user.name", "DISTINCT ts::DATE"), source, conditions)
  .map(([columns, from, where]) => `SELECT ${columns} FROM ${from} WHERE ${where}`);
const question = fc.oneof(
  { weight: 4, arbitrary: counting },
  whole,
  rows,
  count.map((counted) => `SELECT ${counted} FROM duo_auth`),
);

describe("openQuery, asked at random,", () => {
  let lake: QueryLake;
  let plain: DuckDBConnection;
  let files = "";

  beforeAll(async () => {
    lake = await queryLake();
    await lake.create("duo_auth", COLUMNS, []);
    for (let seed = 1; seed <= FILE_COUNT; seed += 1) await lake.append("duo_auth", randomRows(seed));
    const paths = (await (await lake.lake.load("duo_auth"))?.files()) ?? [];
    files = `read_parquet([${paths.map(({ path }) => literal(path)).join(", ")}], hive_partitioning = false)`;
    plain = await connect(2 ** 28);
  });

  afterAll(async () => {
    plain.closeSync();
    await lake[Symbol.asyncDispose]();
  });

  /** What DuckDB answers by itself, over all files. */
  async function plainly(sql: string, { sinceMs, untilMs }: QueryOptions): Promise<Whole> {
    const bounds = [
      ...(sinceMs === undefined ? [] : [`epoch_us(ts) >= ${sinceMs * 1000}`]),
      ...(untilMs === undefined ? [] : [`epoch_us(ts) < ${untilMs * 1000}`]),
    ];
    const where = bounds.length === 0 ? "" : ` WHERE ${bounds.join(" AND ")}`;
    await plain.run(`CREATE OR REPLACE VIEW duo_auth AS FROM ${files}${where}`);
    const reader = await plain.runAndReadAll(sql);
    const api = await import("@duckdb/node-api");
    const values = reader.getRows().map((row) => row.map((value) => jsonValue(value, api)));
    return { columns: reader.columnNames(), rows: values };
  }

  /** Rows come in no order unless one is asked for, and then there may be equal ones. */
  function sorted({ columns, rows: all }: Whole): unknown {
    const text = (row: readonly Json[]): string =>
      JSON.stringify(row, (_key, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
    return { columns, rows: all.map(text).toSorted() };
  }

  const settled = (answer: Promise<Whole>): Promise<unknown> =>
    answer.then(sorted, (error: Error) => error.message.length > 0 && "an error");

  test("answers as DuckDB does over all files", { timeout: 600_000 }, async () => {
    const time = fc.constantFrom(...DAYS.flatMap((day) => [Date.parse(day), Date.parse(day) + 43_200_000]));
    const bound = fc.option(time, { nil: undefined, freq: 2 });
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(question, bound, bound, async (sql, sinceMs, untilMs) => {
        const options = { sinceMs, untilMs };
        const expected = await settled(plainly(sql, options));
        if (expected !== "an error") answered += 1;
        expect(await settled(lake.ask(sql, options))).toEqual(expected);
      }),
      { numRuns: QUESTION_COUNT },
    );
    // Some are none; where all were, nothing was compared.
    expect(answered).toBeGreaterThan(QUESTION_COUNT / 5);
  });
});

import type { Lake } from "../src/lake/lake.ts";
import { openQuery } from "../src/query/open-query.ts";
import type { Measurement } from "./measurement.ts";
import { LAST_DAY, queryLake, storedBytes } from "./query-lake.ts";

const RUN_COUNT = 7;
const SIZES: readonly (readonly [rowCount: number, label: string])[] = [
  [1_000_000, "1,000,000"],
  [10_000_000, "10,000,000"],
];
/** Goals are those of the larger table. */
const GOAL_ROW_COUNT = 10_000_000;

interface Question {
  readonly name: string;
  readonly sql: string;
  readonly goalMs?: number;
}

/** Questions to a table of one file a day, from the text to the last row, planning and a DuckDB of its own included. */
export async function measureQuery(): Promise<Measurement[]> {
  const measurements: Measurement[] = [await storedBytes()];
  for (const [rowCount, label] of SIZES) {
    const lake = await queryLake(rowCount);
    for (const { name, sql, goalMs } of await questions(lake)) {
      const values = await times(lake, sql);
      measurements.push({
        name: `${name}, ${label} rows`,
        values,
        unit: "ms",
        ...(goalMs !== undefined && rowCount === GOAL_ROW_COUNT && { goal: { max: goalMs } }),
      });
    }
  }
  return measurements;
}

async function questions(lake: Lake): Promise<readonly Question[]> {
  const [[user, last] = []] = await ask(
    lake,
    `SELECT max(user.name), max(ts) FROM duo_auth WHERE ts >= '${LAST_DAY}'`,
  );
  const hour = `ts > TIMESTAMPTZ '${String(last)}' - INTERVAL 1 HOUR`;
  const failed = `WHERE user.name = '${String(user)}' AND event.outcome = 'failure'`;
  return [
    {
      name: "count per day",
      sql: "SELECT ts::DATE AS day, count(*) FROM duo_auth GROUP BY day ORDER BY day",
      goalMs: 100,
    },
    {
      name: "count per day by arithmetic",
      sql: "SELECT epoch_us(ts) // 86_400_000_000 AS day, count(*) FROM duo_auth GROUP BY day ORDER BY day",
    },
    {
      name: "failed logins of one user",
      sql: `SELECT ts, source.ip, event.reason FROM duo_auth ${failed}`,
      goalMs: 500,
    },
    {
      name: "last hour's rows, four columns",
      sql: `SELECT ts, user.name, source.ip, event.outcome FROM duo_auth WHERE ${hour}`,
      goalMs: 50,
    },
    { name: "last hour's rows, counted", sql: `SELECT count(*) FROM duo_auth WHERE ${hour}` },
  ];
}

async function times(lake: Lake, sql: string): Promise<readonly number[]> {
  await ask(lake, sql);
  const values: number[] = [];
  for (let run = 0; run < RUN_COUNT; run += 1) {
    const startMs = performance.now();
    await ask(lake, sql);
    values.push(performance.now() - startMs);
  }
  return values;
}

async function ask(lake: Lake, sql: string): Promise<readonly (readonly unknown[])[]> {
  const all: (readonly unknown[])[] = [];
  for await (const rows of (await openQuery(lake, sql)).rows) all.push(...rows);
  if (all.length === 0) throw new Error(`Cannot measure: no row answers ${sql}`);
  return all;
}

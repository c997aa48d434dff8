import type { Lake } from "../src/lake/lake.ts";
import { literal } from "../src/lake/parquet/duckdb-types.ts";
import { connect } from "../src/query/connect.ts";
import { openQuery } from "../src/query/open-query.ts";
import { type Measurement, cpuMsOf } from "./measurement.ts";
import { compactedBytes, LAST_DAY, pulledBytes, queryLake, type QueryLakeSize } from "./query-lake.ts";

const RUN_COUNT = 7;
/** Years of a small company, months of a larger one, a month of a very large one. */
const SIZES: readonly QueryLakeSize[] = [
  { rowCount: 1_000_000, dayCount: 25 },
  { rowCount: 10_000_000, dayCount: 243 },
  { rowCount: 10_000_000, dayCount: 30 },
];
/** Goals are those of the larger tables. */
const GOAL_ROW_COUNT = 10_000_000;

const DAYS_BY_CALENDAR = "SELECT ts::DATE AS day, count(*) FROM duo_auth GROUP BY day ORDER BY day";
/** The one in the middle of those who failed at all on the last day; and when its last row was. */
const TYPICAL_USER = `SELECT user.name, (SELECT max(ts) FROM duo_auth WHERE ts >= '${LAST_DAY}') FROM duo_auth
  WHERE ts >= '${LAST_DAY}' AND event.outcome = 'failure' GROUP BY user.name
  QUALIFY row_number() OVER (ORDER BY count(*), user.name) = (count(*) OVER () + 1) // 2`;
const MEMORY_LIMIT_BYTES = 2 ** 31;

interface Question {
  readonly name: string;
  readonly sql: string;
  /** The same for DuckDB alone, where it must be put otherwise. */
  readonly plainSql?: string;
  readonly goalMs?: number;
}

/**
 * Questions to a table of one file a day, from the text to the last row, planning and a DuckDB of its own included; beside each what
 * DuckDB takes by itself, in turns, since the machine is not always as fast.
 */
export async function measureQuery(): Promise<Measurement[]> {
  const measurements: Measurement[] = [await pulledBytes()];
  for (const size of SIZES) {
    const lake = await queryLake(size);
    const label = `${size.rowCount.toLocaleString("en")} rows in ${size.dayCount} days`;
    measurements.push({
      name: `stored bytes of the raw JSON's, compacted, ${label}`,
      values: [await compactedBytes(lake)],
      unit: "%",
      goal: { max: 15 },
    });
    for (const question of await questions(lake)) {
      const { name, goalMs } = question;
      const { ours, oursCpu, plain } = await times(lake, question);
      const goal = goalMs !== undefined && size.rowCount === GOAL_ROW_COUNT ? { goal: { max: goalMs } } : {};
      const unit = "ms";
      measurements.push(
        { name: `${name}, ${label}`, values: ours, unit, ...goal },
        { name: `${name}, ${label}, CPU time`, values: oursCpu, unit },
        { name: `${name}, ${label}, DuckDB over all files`, values: plain, unit },
        {
          name: `${name}, ${label}, DuckDB over all files to ours`,
          values: plain.map((ms, run) => ms / (ours[run] ?? Number.NaN)),
          unit: "x",
        },
      );
    }
  }
  return measurements;
}

async function questions(lake: Lake): Promise<readonly Question[]> {
  const [[user, last] = []] = await ask(lake, TYPICAL_USER);
  const hour = `ts > TIMESTAMPTZ '${String(last)}' - INTERVAL 1 HOUR`;
  const failed = `WHERE user.name = '${String(user)}' AND event.outcome = 'failure'`;
  return [
    { name: "count per day", sql: DAYS_BY_CALENDAR, goalMs: 100 },
    { name: "count per day, duo_auth_days", sql: "FROM duo_auth_days", plainSql: DAYS_BY_CALENDAR },
    {
      name: "count per hour",
      sql: "SELECT date_trunc('hour', ts) AS hour, count(*) FROM duo_auth GROUP BY hour ORDER BY hour",
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

async function times(
  lake: Lake,
  { sql, plainSql = sql }: Question,
): Promise<{ readonly ours: number[]; readonly oursCpu: number[]; readonly plain: number[] }> {
  const table = await lake.load("duo_auth");
  const files = literal(`${table?.location ?? ""}/data/**/*.parquet`);
  const askPlain = async (): Promise<void> => {
    const connection = await connect(MEMORY_LIMIT_BYTES);
    await connection.run(`CREATE VIEW duo_auth AS FROM read_parquet(${files}, hive_partitioning = false)`);
    await connection.runAndReadAll(plainSql);
    connection.closeSync();
  };
  const ours: number[] = [];
  const oursCpu: number[] = [];
  const plain: number[] = [];
  for (let run = 0; run <= RUN_COUNT; run += 1) {
    const startMs = performance.now();
    const cpuMs = await cpuMsOf(() => ask(lake, sql));
    const middleMs = performance.now();
    await askPlain();
    // The first run is for files and code to become warm.
    if (run === 0) continue;
    ours.push(middleMs - startMs);
    oursCpu.push(cpuMs);
    plain.push(performance.now() - middleMs);
  }
  return { ours, oursCpu, plain };
}

async function ask(lake: Lake, sql: string): Promise<readonly (readonly unknown[])[]> {
  const all: (readonly unknown[])[] = [];
  for await (const rows of (await openQuery(lake, sql)).rows) all.push(...rows);
  if (all.length === 0) throw new Error(`Cannot measure: no row answers ${sql}`);
  return all;
}

import { systemClock } from "../core/clock.ts";
import { type Json, stringifyJson } from "../core/json.ts";
import { openLake } from "../lake/open-lake.ts";
import { type Answer, openQuery } from "../query/open-query.ts";
import { EXIT_DONE } from "./exit-codes.ts";
import { formatCount } from "./format.ts";
import type { Io } from "./io.ts";
import { type CommonOptions, loadContext } from "./load-context.ts";
import { type QueryTimes, readQueryTimes } from "./read-query-times.ts";
import { textTable } from "./text-table.ts";

export type QueryFormat = "table" | "json" | "ndjson" | "csv";

export interface QueryCommandOptions extends CommonOptions, QueryTimes {
  readonly format: QueryFormat;
}

/** `duolake query SQL`: answers a question about the tables. */
export async function query(sql: string, options: QueryCommandOptions, io: Io): Promise<number> {
  const times = readQueryTimes(options, systemClock.nowMs());
  const config = await loadContext(options, io);
  const lake = await openLake({ ...config.lake, clock: systemClock });
  const answer = await openQuery(lake, sql, { ...times, signal: io.signal });
  const format = options.json === true ? "json" : options.format;
  await PRINTERS[format](answer, io);
  return EXIT_DONE;
}

type Printer = (answer: Answer, io: Io) => Promise<void>;

const PRINTERS: Readonly<Record<QueryFormat, Printer>> = {
  table: printTable,
  json: printJson,
  ndjson: printLines,
  csv: printCsv,
};

/** More rows than a person reads; the other formats have no end. */
const TABLE_ROW_COUNT_MAX = 10_000;
const CELL_LENGTH_MAX = 80;

async function printTable({ columns, rows }: Answer, io: Io): Promise<void> {
  const shown: (readonly Json[])[] = [];
  let rowCount = 0;
  for await (const some of rows) {
    rowCount += some.length;
    shown.push(...some.slice(0, TABLE_ROW_COUNT_MAX - shown.length));
  }
  const titles = columns.map((title, index) => ({
    title: cellText(title),
    align: shown.every((row) => row[index] === null || isNumber(row[index]))
      ? ("right" as const)
      : ("left" as const),
  }));
  io.out(
    textTable(
      titles,
      shown.map((row) => row.map(cellText)),
    ),
  );
  const left = rowCount - shown.length;
  const more = left > 0 ? `, ${formatCount(left)} of them not shown; --format csv or ndjson prints all` : "";
  io.err(`${formatCount(rowCount)} row${rowCount === 1 ? "" : "s"}${more}\n`);
}

function isNumber(value: Json | undefined): boolean {
  return typeof value === "number" || typeof value === "bigint";
}

function cellText(value: Json): string {
  // Control characters in a log entry must not move the cursor of whoever reads it.
  const text = plainText(value).replace(/\p{Cc}/gu, "·");
  return text.length > CELL_LENGTH_MAX ? `${text.slice(0, CELL_LENGTH_MAX - 1)}…` : text;
}

function plainText(value: Json): string {
  if (value === null) return "";
  return typeof value === "object" ? stringifyJson(value) : String(value);
}

async function printJson(answer: Answer, io: Io): Promise<void> {
  // Nothing is printed before the first rows are there: a question that fails at once leaves no half a document.
  let isFirst = true;
  for await (const lines of objectLines(answer)) {
    io.out(`${isFirst ? "[\n" : ",\n"}${lines.join(",\n")}`);
    isFirst = false;
    await io.drain();
  }
  io.out(isFirst ? "[]\n" : "\n]\n");
}

async function printLines(answer: Answer, io: Io): Promise<void> {
  for await (const lines of objectLines(answer)) {
    io.out(`${lines.join("\n")}\n`);
    await io.drain();
  }
}

async function* objectLines({ columns, rows }: Answer): AsyncGenerator<string[]> {
  const names = uniqueNames(columns);
  for await (const some of rows) {
    if (some.length === 0) continue;
    yield some.map((row) =>
      stringifyJson(Object.fromEntries(row.map((value, index) => [names[index] as string, value]))),
    );
  }
}

/** Two columns of one name would be one key: all but the first are numbered, past the names that are taken. */
function uniqueNames(columns: readonly string[]): string[] {
  const taken = new Set(columns);
  const seen = new Set<string>();
  return columns.map((name) => {
    let unique = name;
    for (let count = 1; unique === name ? seen.has(name) : taken.has(unique); count += 1) {
      unique = `${name}_${count}`;
    }
    seen.add(name);
    taken.add(unique);
    return unique;
  });
}

async function printCsv({ columns, rows }: Answer, io: Io): Promise<void> {
  io.out(csvLine(columns));
  for await (const some of rows) {
    io.out(some.map((row) => csvLine(row.map(plainText))).join(""));
    await io.drain();
  }
}

/** RFC 4180, but for the ends of lines: quoted where needed, quotes doubled. */
function csvLine(cells: readonly string[]): string {
  const quoted = cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell));
  return `${quoted.join(",")}\n`;
}

import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { DuolakeError } from "../../core/errors.ts";
import { lakeError } from "../lake-error.ts";
import type { RefusedRow } from "../lake.ts";
import type { NestedField } from "../spec/types.ts";
import { copyRows, probeRows } from "./copy.ts";
import type { Duckdb } from "./duckdb.ts";
import { DuckdbError } from "./duckdb.ts";
import type { Spool } from "./spool.ts";
import type { LineRange } from "./spool-part.ts";
import { readLine, writePart } from "./spool-part.ts";
import type { WrittenFile } from "./write-parquet.ts";

/** 16 parts at most: a part that is still too large has single rows that are too large. */
const HALVING_COUNT_MAX = 4;

export interface StoreRowsOptions {
  readonly duckdb: Duckdb;
  readonly spool: Spool;
  readonly fields: readonly NestedField[];
  /** A folder of the caller's own; files are left in it. */
  readonly folder: string;
  /** Given when all rows are of one day. */
  readonly day: number | undefined;
  /** True where the rows are in the order of `ts` already. */
  readonly isSorted: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Files that were written and rows that could not be. */
export interface StoredRows {
  readonly files: readonly WrittenFile[];
  readonly refused: readonly RefusedRow[];
}

/**
 * Writes a spool as Parquet files. A row that DuckDB refuses is searched by halving and left out, the others are
 * written; when memory does not suffice, the halves are written one after the other.
 *
 * @throws lake_full, lake_unwritable, stopped
 */
export function storeRows(options: StoreRowsOptions): Promise<StoredRows> {
  const all = { from: 0, to: options.spool.offsets.length - 1 };
  return storeRange(options, { range: all, halvings: 0, source: options.spool.path });
}

async function storeRange(
  options: StoreRowsOptions,
  part: { readonly range: LineRange; readonly halvings: number; readonly source: string },
): Promise<StoredRows> {
  const { range, halvings, source } = part;
  try {
    return { files: await copy(options, source), refused: [] };
  } catch (error) {
    if (!(error instanceof DuckdbError) || error.isEnvironment) throw lakeError(error, "write a data file");
    if (error.isOutOfMemory) return storeHalves(options, { range, halvings, error });
    const bad = await findRefused(options, { range, error });
    if (bad.size === 0) throw lakeError(error, "write a data file");
    const refused: RefusedRow[] = [];
    for (const [line, reason] of bad) refused.push({ row: await readLine(options.spool, line), reason });
    if (bad.size === range.to - range.from) return { files: [], refused };
    const path = partPath(options);
    await writePart(options.spool, { path, range, without: new Set(bad.keys()) });
    try {
      return { files: await copy(options, path), refused };
    } catch (again) {
      throw lakeError(again, "write a data file");
    } finally {
      await rm(path, { force: true });
    }
  }
}

async function storeHalves(
  options: StoreRowsOptions,
  part: { readonly range: LineRange; readonly halvings: number; readonly error: unknown },
): Promise<StoredRows> {
  const { range, halvings } = part;
  if (halvings >= HALVING_COUNT_MAX || range.to - range.from < 2) {
    throw new DuolakeError(
      "internal",
      `Cannot write a data file: DuckDB's memory does not suffice, got ${range.to - range.from} rows`,
      { retryable: true, cause: part.error },
    );
  }
  const stored: StoredRows[] = [];
  for (const half of halvesOf(range)) {
    const source = partPath(options);
    await writePart(options.spool, { path: source, range: half });
    stored.push(await storeRange(options, { range: half, halvings: halvings + 1, source }));
    await rm(source, { force: true });
  }
  return {
    files: stored.flatMap(({ files }) => files),
    refused: stored.flatMap(({ refused }) => refused),
  };
}

async function copy(options: StoreRowsOptions, source: string): Promise<WrittenFile[]> {
  const folder = join(options.folder, randomUUID());
  try {
    return await copyRows(options.duckdb, {
      source,
      folder,
      fields: options.fields,
      day: options.day,
      isSorted: options.isSorted,
      signal: options.signal,
      lineBytesMax: options.spool.lineBytesMax,
    });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** The lines that DuckDB refuses, with its words; about `2 log2(rows)` small queries for each. */
async function findRefused(
  options: StoreRowsOptions,
  { range, error }: { readonly range: LineRange; readonly error: DuckdbError },
): Promise<ReadonlyMap<number, string>> {
  const bad = new Map<number, string>();
  const search = async (suspect: LineRange, refusal: DuckdbError): Promise<void> => {
    if (suspect.to - suspect.from === 1) {
      bad.set(suspect.from, reasonOf(refusal));
      return;
    }
    for (const half of halvesOf(suspect)) {
      const problem = await probe(options, half);
      if (problem !== undefined) await search(half, problem);
    }
  };
  const problem = range.to - range.from === 1 ? error : await probe(options, range);
  if (problem !== undefined) await search(range, problem);
  return bad;
}

async function probe(options: StoreRowsOptions, range: LineRange): Promise<DuckdbError | undefined> {
  const source = partPath(options);
  try {
    await writePart(options.spool, { path: source, range });
    await probeRows(options.duckdb, {
      source,
      fields: options.fields,
      signal: options.signal,
      lineBytesMax: options.spool.lineBytesMax,
    });
    return undefined;
  } catch (error) {
    if (error instanceof DuckdbError && !error.isEnvironment && !error.isOutOfMemory) return error;
    throw lakeError(error, "write a data file");
  } finally {
    await rm(source, { force: true });
  }
}

function halvesOf({ from, to }: LineRange): readonly LineRange[] {
  const middle = Math.floor((from + to) / 2);
  return [
    { from, to: middle },
    { from: middle, to },
  ];
}

/** DuckDB's words without the name of a file that is gone when anybody reads them. */
function reasonOf(error: DuckdbError): string {
  const text = error.message.split("\n", 1)[0] ?? "";
  return text.replace(/^[A-Za-z ]+ Error: (?:.*? in file ".*?", (?:at byte \d+ )?in line \d+: )?/, "");
}

function partPath(options: StoreRowsOptions): string {
  return join(options.folder, `${randomUUID()}.ndjson`);
}

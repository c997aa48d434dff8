import { readFileSync } from "node:fs";
import { parseJson, type JsonObject } from "../../src/core/json.ts";
import { findTable } from "../../src/duo/tables/index.ts";
import type { Stream, TableName } from "../../src/duo/tables/table.ts";

/** One happening as the first and as the second stream of a table tell it. */
export interface Twin {
  readonly name: string;
  readonly table: TableName;
  readonly first: JsonObject;
  readonly second: JsonObject;
}

const FILE = new URL("../fixtures/twins.json", import.meta.url);

/** Happenings that two streams tell, from the examples of Duo's documentation. */
export const TWINS: readonly Twin[] = parseJson(readFileSync(FILE, "utf8")) as unknown as readonly Twin[];

/** The twin of that name. */
export function twinNamed(name: string): Twin {
  const found = TWINS.find((twin) => twin.name === name);
  if (found === undefined) throw new Error(`Cannot find twin: no such name, got ${name}`);
  return found;
}

/** The two streams of a table that has two. */
export function streamsOf(table: TableName): readonly [Stream, Stream] {
  const [first, second] = findTable(table)?.streams ?? [];
  if (first === undefined || second === undefined) throw new Error(`Cannot find streams of ${table}`);
  return [first, second];
}

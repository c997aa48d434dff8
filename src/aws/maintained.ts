import { isJsonObject, parseJson, stringifyJson } from "../core/json.ts";
import { systemCode } from "../core/errors.ts";
import type { StatusStore } from "../status/status-objects.ts";

/** When tables were maintained as a whole, ms since 1970, by their names in the lake. */
export type Maintained = Map<string, number>;

const VERSION = 1;
const DAY_MS = 86_400_000;
/** When the day before is over for the compaction as well (`maintain-table.ts`), and a little later. */
const DAY_BEGINS_MS = 3 * 3_600_000 + 5 * 60_000;

/** True once a day of UTC, shortly after three o'clock; pure. */
export function isDueWhole(lastMs: number, nowMs: number): boolean {
  const day = (ms: number): number => Math.floor((ms - DAY_BEGINS_MS) / DAY_MS);
  return !Number.isFinite(lastMs) || day(lastMs) < day(nowMs);
}

/** Reads the object; one that is missing or damaged means that nothing is known: all tables are looked at again. */
export async function readMaintained(store: StatusStore, path: string): Promise<Maintained> {
  let bytes: Uint8Array;
  try {
    bytes = await store.read(path);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return new Map();
    throw error;
  }
  try {
    const document = parseJson(new TextDecoder().decode(bytes));
    const tables = isJsonObject(document) && document["version"] === VERSION ? document["tables"] : undefined;
    if (!isJsonObject(tables)) return new Map();
    return new Map(
      Object.entries(tables).filter((one): one is [string, number] => typeof one[1] === "number"),
    );
  } catch {
    return new Map();
  }
}

export async function writeMaintained(
  store: StatusStore,
  path: string,
  maintained: Maintained,
): Promise<void> {
  const document = { version: VERSION, tables: Object.fromEntries(maintained) };
  await store.replace(path, new TextEncoder().encode(stringifyJson(document)));
}

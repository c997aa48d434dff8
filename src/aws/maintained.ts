import { isJsonObject, type Json, parseJson, stringifyJson } from "../core/json.ts";
import { systemCode } from "../core/errors.ts";
import type { StatusStore } from "../status/status-objects.ts";

/** When a table was maintained last, ms since 1970. */
export interface LastMaintained {
  /** As a whole. */
  readonly wholeMs: number;
  /** As a whole, or its open days only. */
  readonly lookedMs: number;
  /** When work on it began that nobody saw end: it may have ended the function. */
  readonly begunMs?: number;
}

/** When tables were maintained, by their names in the lake. */
export type Maintained = Map<string, LastMaintained>;

const VERSION = 2;

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
      Object.entries(tables).flatMap(([name, times]) => {
        const last = lastOf(times);
        return last === undefined ? [] : [[name, last] as const];
      }),
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
  const tables = Object.fromEntries(
    [...maintained].map(([name, { wholeMs, lookedMs, begunMs }]) => [
      name,
      [wholeMs, lookedMs, ...(begunMs === undefined ? [] : [begunMs])],
    ]),
  );
  await store.replace(path, new TextEncoder().encode(stringifyJson({ version: VERSION, tables })));
}

function lastOf(times: Json): LastMaintained | undefined {
  if (!Array.isArray(times)) return undefined;
  const [wholeMs, lookedMs, begunMs] = times as readonly Json[];
  if (typeof wholeMs !== "number" || typeof lookedMs !== "number") return undefined;
  return { wholeMs, lookedMs, ...(typeof begunMs === "number" && { begunMs }) };
}

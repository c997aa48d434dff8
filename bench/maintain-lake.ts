import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../src/core/clock.ts";
import { parseJson } from "../src/core/json.ts";
import type { Row } from "../src/core/row.ts";
import { findTable } from "../src/duo/tables/index.ts";
import type { Lake, LakeTable } from "../src/lake/lake.ts";
import { openLake } from "../src/lake/open-lake.ts";
import type { Store } from "../src/lake/store/store.ts";
import { recordedPages } from "./recorded-pages.ts";

const START_MS = Date.UTC(2026, 0, 1);

/** The property that each commit counts on. */
export const FENCE = "bench.fence";

/** The fence's value after so many commits, as long as a cursor is. */
export function fenceAt(commit: number): string {
  const instant = new Date(START_MS).toISOString();
  const id = `00000000-0000-4000-8000-${String(commit).padStart(12, "0")}`;
  return JSON.stringify({
    version: 1,
    stream: "authentication_v2",
    start: instant,
    watermark: instant,
    commit: id,
  });
}

/** A lake whose time passes by the tick. */
export interface BenchLake {
  readonly lake: Lake;
  readonly table: LakeTable;
  readonly warehouse: string;
  readonly advance: (ms: number) => void;
  readonly nowMs: () => number;
}

/**
 * Gives a new lake with an empty table `auth`, and removes it in the end.
 *
 * @param store makes the store from a folder for temporary files; the files are on the disk unless given
 */
export async function withBenchLake<T>(
  work: (bench: BenchLake) => Promise<T>,
  store?: (folder: string) => Store,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "duolake-bench-"));
  let nowMs = START_MS;
  const clock: Clock = {
    nowMs: () => nowMs,
    sleep: async (delayMs) => {
      nowMs += delayMs;
    },
  };
  try {
    const catalog = { type: "folder" } as const;
    const warehouse = join(folder, "lake");
    const lake = await openLake({
      warehouse,
      database: "bench",
      catalog,
      clock,
      ...(store !== undefined && { store: store(folder) }),
    });
    const columns = findTable("auth")?.columns() ?? [];
    const table = await lake.create("auth", { columns, properties: { [FENCE]: fenceAt(0) } });
    const advance = (ms: number): void => {
      nowMs += ms;
    };
    return await work({ lake, table, warehouse, advance, nowMs: () => nowMs });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Recorded events as rows of `auth`, and what they took as JSON, bytes. */
export async function recordedRows(
  count: number,
): Promise<{ readonly rows: readonly Row[]; readonly jsonBytes: number }> {
  const table = findTable("auth");
  const rows: Row[] = [];
  let jsonBytes = 0;
  for await (const page of recordedPages(count)) {
    const { response } = parseJson(page) as unknown as { response: { authlogs: never[] } };
    for (const event of response.authlogs) {
      const mapped = table?.map(event, { fetchedAtUs: 1_773_000_000_000_000 });
      if (mapped?.kind !== "row") throw new Error("a recorded event is no row");
      rows.push(mapped.row);
      jsonBytes += Buffer.byteLength(JSON.stringify(event));
    }
  }
  return { rows, jsonBytes };
}

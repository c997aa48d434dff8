import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../src/core/clock.ts";
import { parseJson } from "../src/core/json.ts";
import type { Row } from "../src/core/row.ts";
import { findTable } from "../src/duo/tables/index.ts";
import { openLake } from "../src/lake/open-lake.ts";
import type { Measurement } from "./measurement.ts";
import { recordedPages } from "./recorded-pages.ts";

const ROW_COUNT = 200;
const WARM_UP_COUNT = 5;
const RUN_COUNT = 60;
const FENCE = "bench.fence";

/** A commit of 200 wide rows: Parquet file, manifest, manifest list, metadata, all flushed to disk. */
export async function measureCommit(): Promise<Measurement[]> {
  const rows = await someRows();
  const columns = findTable("auth")?.columns() ?? [];
  const dir = await mkdtemp(join(tmpdir(), "duolake-bench-"));
  try {
    const lake = await openLake({
      warehouse: dir,
      database: "bench",
      catalog: { type: "folder" },
      clock: systemClock,
    });
    let table = await lake.create("auth", { columns, properties: { [FENCE]: "0" } });
    const values: number[] = [];
    for (let run = 0; run < WARM_UP_COUNT + RUN_COUNT; run += 1) {
      const writer = table.writer();
      for (const row of rows) writer.add(row);
      const startMs = performance.now();
      const { files } = await writer.finish();
      const compareAndSet = { key: FENCE, from: String(run), to: String(run + 1) };
      table = await table.commit({ files, setProperties: { [FENCE]: compareAndSet.to }, compareAndSet });
      if (run >= WARM_UP_COUNT) values.push(performance.now() - startMs);
    }
    return [{ name: "commit of 200 rows", values, unit: "ms", goal: { max: 60 } }];
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function someRows(): Promise<Row[]> {
  const table = findTable("auth");
  for await (const page of recordedPages(1_000)) {
    const { response } = parseJson(page) as unknown as { response: { authlogs: never[] } };
    return response.authlogs.slice(0, ROW_COUNT).flatMap((event) => {
      const mapped = table?.map(event, { fetchedAtUs: 1_773_000_000_000_000 });
      return mapped?.kind === "row" ? [mapped.row] : [];
    });
  }
  return [];
}

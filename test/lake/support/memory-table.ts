import type { Clock } from "../../../src/core/clock.ts";
import type { CommitTools } from "../../../src/lake/append/commit-change.ts";
import type { Loaded } from "../../../src/lake/catalog/catalog.ts";
import { folderCatalog } from "../../../src/lake/catalog/folder.ts";
import type { StagedFile, TableChange } from "../../../src/lake/lake.ts";
import { dayOf, dayText } from "../../../src/lake/spec/instant.ts";
import { newTable } from "../../../src/lake/spec/new-table.ts";
import { longBytes } from "../../../src/lake/spec/values.ts";
import { stagedFile } from "../../../src/lake/staged-file.ts";
import { memoryStore } from "../../../src/lake/store/memory.ts";
import type { Store } from "../../../src/lake/store/store.ts";
import { SMALL_COLUMNS } from "./columns.ts";
import { CURSOR } from "./test-lake.ts";

/** Time that passes only by sleeping, and then at once. */
export function instantClock(): Clock {
  let nowMs = Date.UTC(2024, 0, 1);
  return {
    nowMs: () => nowMs,
    sleep: async (delayMs) => {
      nowMs += Math.ceil(delayMs);
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    },
  };
}

/** What commits need, over a store in memory or the one given. */
export function memoryTools(store: Store = memoryStore(), warehouse: string = "/w"): CommitTools {
  const clock = instantClock();
  return { store, clock, catalog: folderCatalog({ store, clock, warehouse, database: "d" }) };
}

/** A table `t` with the cursor at `0`. */
export function memoryTable(
  tools: CommitTools,
  properties: Readonly<Record<string, string>> = {},
): Promise<Loaded> {
  return tools.catalog.create(
    "t",
    newTable({
      location: tools.catalog.locationOf("t"),
      columns: SMALL_COLUMNS,
      properties: { [CURSOR]: "0", ...properties },
      nowMs: tools.clock.nowMs(),
    }),
  );
}

/** A data file as `finish` would stage it; its path is its identity. */
export function fakeFile(name: string, us: number = 0): StagedFile {
  const day = dayOf(us);
  return stagedFile(
    {
      content: 0,
      file_path: `/w/d/t/data/ts_day=${dayText(day)}/${name}.parquet`,
      file_format: "PARQUET",
      partition: { ts_day: day },
      record_count: 10,
      file_size_in_bytes: 1000,
      lower_bounds: new Map([[1, longBytes(BigInt(us))]]),
      upper_bounds: new Map([[1, longBytes(BigInt(us))]]),
    },
    1,
  );
}

/** A change that moves the cursor. */
export function move(from: string, to: string, files: readonly StagedFile[] = []): TableChange {
  return { files, setProperties: { [CURSOR]: to }, compareAndSet: { key: CURSOR, from, to } };
}

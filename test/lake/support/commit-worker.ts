import { randomUUID } from "node:crypto";
import { systemClock } from "../../../src/core/clock.ts";
import { DuolakeError } from "../../../src/core/errors.ts";
import { commitChange } from "../../../src/lake/append/commit-change.ts";
import { type CatalogChoice, openCatalog } from "../../../src/lake/open-catalog.ts";
import { openStore } from "../../../src/lake/open-store.ts";
import { stagedFile } from "../../../src/lake/staged-file.ts";

// Run as a process of its own: commits one event after the other to table `t` until the cursor is at the end, and
// prints the path of every file whose commit it was told had happened. No two cursors are equal, so that nobody can
// take another's commit for its own.
const [warehouse = "", end = "0", choice = ""] = process.argv.slice(2);
const { store } = openStore({ warehouse, database: "d", clock: systemClock });
const { catalog } = openCatalog({
  choice: JSON.parse(choice) as CatalogChoice,
  store,
  warehouse,
  database: "d",
  clock: systemClock,
});
process.stdout.write("ready\n");

for (;;) {
  const base = await catalog.load("t");
  if (base === undefined) throw new Error("Cannot work: there is no table");
  const from = base.metadata.properties["cursor"] ?? "";
  const next = Number.parseInt(from, 10) + 1;
  if (next > Number(end)) break;
  const to = `${next}:${randomUUID()}`;
  const path = `${base.metadata.location}/data/ts_day=1970-01-01/e${next}.${randomUUID()}.parquet`;
  await store.writeNew(path, new Uint8Array(16));
  const entry = {
    content: 0,
    file_path: path,
    file_format: "PARQUET",
    partition: { ts_day: 0 },
    record_count: 1,
    file_size_in_bytes: 16,
  };
  const change = {
    files: [stagedFile(entry, 1)],
    setProperties: { cursor: to },
    compareAndSet: { key: "cursor", from, to },
  };
  try {
    await commitChange({ store, catalog, clock: systemClock }, { base, change, signal: undefined });
    process.stdout.write(`${path}\n`);
  } catch (error) {
    if (!(error instanceof DuolakeError && error.code === "cursor_moved")) throw error;
    await store.remove(path);
  }
}

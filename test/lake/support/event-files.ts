import { randomUUID } from "node:crypto";
import type { DataFile, LakeTable, StagedFile } from "../../../src/lake/lake.ts";
import type { RewriteFiles } from "../../../src/lake/maintain/rewrite-files.ts";
import { dayStartUs, dayText } from "../../../src/lake/spec/instant.ts";
import { longBytes } from "../../../src/lake/spec/values.ts";
import { stagedFile } from "../../../src/lake/staged-file.ts";
import type { Store } from "../../../src/lake/store/store.ts";

/** Writes a data file that holds numbered events instead of rows, as `finish` would stage it. */
export async function writeEvents(
  store: Store,
  table: Pick<LakeTable, "location">,
  file: { readonly day: number; readonly events: readonly number[] },
): Promise<StagedFile> {
  const { day, events } = file;
  const bytes = new TextEncoder().encode(JSON.stringify(events));
  const path = `${table.location}/data/ts_day=${dayText(day)}/${randomUUID()}.parquet`;
  await store.writeNew(path, bytes);
  const bound = new Map([[1, longBytes(BigInt(dayStartUs(day)))]]);
  return stagedFile(
    {
      content: 0,
      file_path: path,
      file_format: "PARQUET",
      partition: { ts_day: day },
      record_count: events.length,
      file_size_in_bytes: bytes.length,
      lower_bounds: bound,
      upper_bounds: bound,
    },
    1,
  );
}

/** The events in files, sorted. Throws where a file is missing. */
export async function eventsIn(store: Store, files: readonly Pick<DataFile, "path">[]): Promise<number[]> {
  const lists = await Promise.all(
    files.map(async ({ path }) => JSON.parse(new TextDecoder().decode(await store.read(path))) as number[]),
  );
  return lists.flat().sort((a, b) => a - b);
}

/** Joins files of events as `rewriteFiles` joins those of rows. */
export function rewriteEvents(store: Store): RewriteFiles {
  return async (table, { day, files }) => [
    await writeEvents(store, table, { day, events: await eventsIn(store, files) }),
  ];
}

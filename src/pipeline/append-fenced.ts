import type { Column } from "../core/columns.ts";
import { DuolakeError } from "../core/errors.ts";
import type { Row } from "../core/row.ts";
import type { Lake, LakeTable } from "../lake/lake.ts";

export interface FencedTable {
  readonly lake: Lake;
  /** Resolved name. */
  readonly name: string;
  readonly columns: readonly Column[];
  /** The property that fences its commits. */
  readonly fenceKey: string;
  readonly newId: () => string;
}

const ATTEMPT_COUNT_MAX = 8;

/**
 * Appends rows to a table that several writers share, in one commit; the table is made with the first row.
 *
 * @param choose says which rows are to be appended to the table as it is now; asked again after a lost race, because the other
 *   writer may have brought some of them
 * @returns how many were appended
 * @throws row_unstorable, lake_*; cursor_moved where other writers were first every time
 */
export async function appendFenced(
  { lake, name, columns, fenceKey, newId }: FencedTable,
  choose: (table: LakeTable) => Promise<readonly Row[]> | readonly Row[],
  signal?: AbortSignal,
): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const opened =
      (await lake.load(name)) ?? (await lake.create(name, { columns, properties: { [fenceKey]: newId() } }));
    const table = await lake.evolve(opened, columns);
    const rows = await choose(table);
    if (rows.length === 0) return 0;
    const writer = table.writer();
    for (const row of rows) writer.add(row);
    const { files, refused } = await writer.finish(signal);
    const first = refused[0];
    if (first !== undefined) {
      await table.discard(files);
      throw new DuolakeError("row_unstorable", `Cannot store a row in ${name}: ${first.reason}`);
    }
    const compareAndSet = { key: fenceKey, from: table.properties[fenceKey], to: newId() };
    try {
      await table.commit({ files, setProperties: { [fenceKey]: compareAndSet.to }, compareAndSet }, signal);
      return rows.length;
    } catch (error) {
      await table.discard(files);
      const isLostRace = error instanceof DuolakeError && error.code === "cursor_moved";
      if (!isLostRace || attempt >= ATTEMPT_COUNT_MAX) throw error;
    }
  }
}

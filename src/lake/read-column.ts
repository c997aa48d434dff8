import type { LakeTable } from "./lake.ts";
import { readColumns } from "./read-columns.ts";

/** One row's `ts`, in microseconds since 1970, and the value asked for. */
export interface ColumnValue {
  readonly tsUs: number;
  readonly value: string;
}

/**
 * Reads one text column of the rows in a range of `ts` and nothing else of the table, some thousand rows at a
 * time; rows where it is null are left out. Files that cannot hold such rows are not opened.
 *
 * @param table at the snapshot to read
 * @param options `path` names the column, from the top; both ends of the range are included
 * @throws lake_metadata_invalid, lake_unwritable (a file cannot be read), stopped
 */
export async function* readColumn(
  table: LakeTable,
  options: {
    readonly path: readonly string[];
    readonly fromUs: number;
    readonly toUs?: number | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): AsyncGenerator<readonly ColumnValue[]> {
  const { path, ...range } = options;
  for await (const rows of readColumns(table, { ...range, paths: [["ts"], path] })) {
    const values: ColumnValue[] = [];
    for (const [tsUs, value] of rows) {
      if (value !== null) values.push({ tsUs: tsUs as number, value: value as string });
    }
    yield values;
  }
}

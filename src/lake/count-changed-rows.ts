import { lakeError } from "./lake-error.ts";
import type { DataFile, LakeTable } from "./lake.ts";
import { leaseFiles } from "./leased-files.ts";
import { readSchema, readerSql } from "./reader-sql.ts";
import { internalsOf } from "./table.ts";

/**
 * Counts the rows that differ between files and those that are to replace them, in whatever order they stand: as
 * many must change to make the ones the others. 0 says that nothing would.
 *
 * All columns count. Rows are compared by 128 bits of a hash of their JSON: the rows themselves, with the raw events in
 * them, would have to be sorted on disk.
 *
 * @param table the one whose columns the files have; files from before a column was added have null there
 * @param files `before` and `after`, in the table's snapshot or staged
 * @throws lake_unwritable (a file cannot be read), stopped
 */
export async function countChangedRows(
  table: LakeTable,
  files: { readonly before: readonly DataFile[]; readonly after: readonly DataFile[] },
  signal?: AbortSignal,
): Promise<number> {
  const schema = readSchema(table);
  const leased = await leaseFiles(table, [...files.before, ...files.after]);
  const before = leased.files.slice(0, files.before.length);
  const after = leased.files.slice(files.before.length);
  const hashes = (side: readonly DataFile[], sign: 1 | -1): string =>
    `SELECT md5_number(CAST(to_json(row) AS VARCHAR)) AS hash, ${sign} AS sign FROM ${readerSql(side, schema)} AS row`;
  // What EXCEPT ALL finds in both directions, with each file read once.
  const sql = `SELECT CAST(greatest(sum(greatest(more, 0)), sum(greatest(-more, 0))) AS DOUBLE) AS changed FROM
    (SELECT sum(sign) AS more FROM (${hashes(before, 1)} UNION ALL ${hashes(after, -1)}) GROUP BY hash)`;
  try {
    const [row] = await internalsOf(table).tools.duckdb.rows(sql, signal);
    return Number(row?.["changed"] ?? 0);
  } catch (error) {
    throw lakeError(error, `compare files of table ${table.name}`);
  } finally {
    await leased.release();
  }
}

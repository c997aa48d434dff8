import type { Lake, ReadableTable } from "../lake/lake.ts";
import { type Moment, tableAt } from "../lake/table-at.ts";

/**
 * Opens the tables that a question names, since a lake may have hundreds. Where it names none, all are, for SHOW TABLES, and
 * then the moment means nothing.
 *
 * @param asOf the moment to read them at; the present unless given
 * @throws snapshot_not_found, lake_*
 */
export async function mentionedTables(
  lake: Lake,
  sql: string,
  asOf: Moment | undefined,
): Promise<readonly ReadableTable[]> {
  const names = await lake.list();
  const mentioned = names.filter((name) => mentions(sql, name));
  const loaded = await Promise.all((mentioned.length > 0 ? mentioned : names).map((name) => lake.load(name)));
  const tables = loaded.filter((table) => table !== undefined);
  return asOf === undefined || mentioned.length === 0
    ? tables
    : Promise.all(tables.map((table) => tableAt(table, asOf)));
}

/** `duo_auth` is not meant by `duo_auth_eu`, but by the view `duo_auth_latest`. */
function mentions(sql: string, name: string): boolean {
  const text = sql.toLowerCase();
  const word = name.toLowerCase();
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const after = text.slice(at + word.length).replace(/^_latest/, "");
    if (!/[a-z0-9_]/.test(text[at - 1] ?? "") && !/^[a-z0-9_]/.test(after)) return true;
  }
  return false;
}

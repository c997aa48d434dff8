import type { Lake, ReadableTable } from "../lake/lake.ts";
import { type Moment, tableAt } from "../lake/table-at.ts";
import { mentions } from "./mentions.ts";

/** What a view of a table has behind the table's name. */
const VIEW_SUFFIXES = ["_latest", "_days"];

/** The tables that a question is about. */
export interface MentionedTables {
  readonly tables: readonly ReadableTable[];
  /** False where the question names none and could be about any of them: SHOW TABLES. */
  readonly areNamed: boolean;
}

/**
 * Opens the tables that a question names, themselves or by a view of theirs, since a lake may have hundreds. Where it names none,
 * all are, and then the moment means nothing.
 *
 * @param asOf the moment to read them at; the present unless given
 * @throws snapshot_not_found, lake_*
 */
export async function mentionedTables(
  lake: Lake,
  sql: string,
  asOf: Moment | undefined,
): Promise<MentionedTables> {
  const names = await lake.list();
  const mentioned = names.filter((name) => mentions(sql, name, { suffixes: VIEW_SUFFIXES }));
  const areNamed = mentioned.length > 0;
  const loaded = await Promise.all((areNamed ? mentioned : names).map((name) => lake.load(name)));
  const present = loaded.filter((table) => table !== undefined);
  const tables =
    asOf === undefined || !areNamed
      ? present
      : await Promise.all(present.map((table) => tableAt(table, asOf)));
  return { tables, areNamed };
}

import type { ReadableTable } from "../lake/lake.ts";
import { latestView } from "./latest-view.ts";

/** The views of last versions of some tables, by name and query. A table of such a name is the user's own and stays. */
export function latestViews(
  tables: readonly ReadableTable[],
): readonly { readonly name: string; readonly sql: string }[] {
  const names = new Set(tables.map(({ name }) => name));
  return tables.flatMap((table) => latestView(table) ?? []).filter(({ name }) => !names.has(name));
}

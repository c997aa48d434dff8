import type { Column } from "./columns.ts";

/** True where the columns have this one, named from the top. */
export function hasColumn(columns: readonly Column[], path: readonly string[]): boolean {
  const [first, ...rest] = path;
  const column = columns.find(({ name }) => name === first);
  if (column === undefined) return false;
  if (rest.length === 0) return true;
  const { type } = column;
  return typeof type === "object" && type.type === "struct" && hasColumn(type.fields, rest);
}

import type { Column, ColumnType } from "../core/columns.ts";

/**
 * Takes over the descriptions of `from` for the columns that both have, at every level of structs.
 *
 * Names, types and order stay as they are. Pure.
 */
export function takeDocs(columns: readonly Column[], from: readonly Column[]): readonly Column[] {
  return columns.map((column) => {
    const other = from.find(({ name }) => name === column.name);
    if (other === undefined) return column;
    const type = takeTypeDocs(column.type, other.type);
    return { ...column, type, ...(other.doc === undefined ? {} : { doc: other.doc }) };
  });
}

function takeTypeDocs(type: ColumnType, from: ColumnType): ColumnType {
  const areStructs =
    typeof type === "object" && typeof from === "object" && type.type === "struct" && from.type === "struct";
  return areStructs ? { type: "struct", fields: takeDocs(type.fields, from.fields) } : type;
}

import type { ColumnType } from "../core/columns.ts";

/** Writes a type for a message: `long`, `list<string>`, `struct`. */
export function typeText(type: ColumnType): string {
  if (typeof type === "string") return type;
  return type.type === "list" ? `list<${typeText(type.element)}>` : "struct";
}

import type { ColumnType } from "../core/columns.ts";

/** A column type on one line: `list<struct<label: string, type: string>>`. */
export function typeText(type: ColumnType): string {
  if (typeof type === "string") return type;
  if (type.type === "list") return `list<${typeText(type.element)}>`;
  return `struct<${type.fields.map((field) => `${field.name}: ${typeText(field.type)}`).join(", ")}>`;
}

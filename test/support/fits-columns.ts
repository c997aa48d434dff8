import type { Column, ColumnType } from "../../src/core/columns.ts";

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?Z$/;

/** Lists every value of a row that has no column, does not fit it, or is empty and so should not be there. */
export function misfits(row: object, columns: readonly Column[], prefix = ""): string[] {
  const found: string[] = [];
  for (const [key, value] of Object.entries(row)) {
    const path = `${prefix}${key}`;
    const column = columns.find(({ name }) => name === key);
    if (column === undefined) found.push(`${path}: no such column`);
    else found.push(...misfitsOf(value, column.type, path));
  }
  if (Object.keys(row).length === 0) found.push(`${prefix}: empty object`);
  return found;
}

function misfitsOf(value: unknown, type: ColumnType, path: string): string[] {
  if (typeof type === "string")
    return fitsPrimitive(value, type) ? [] : [`${path}: ${String(value)} is no ${type}`];
  if (type.type === "list") {
    if (!Array.isArray(value) || value.length === 0) return [`${path}: no list with elements`];
    return value.flatMap((item, index) => misfitsOf(item, type.element, `${path}[${index}]`));
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${path}: no object`];
  return misfits(value, type.fields, `${path}.`);
}

function fitsPrimitive(value: unknown, type: string): boolean {
  switch (type) {
    case "string":
      return typeof value === "string" && value !== "" && !/\p{Surrogate}/u.test(value);
    case "boolean":
      return typeof value === "boolean";
    case "int":
      return Number.isInteger(value) && Math.abs(value as number) <= 2 ** 31 && value !== 2 ** 31;
    case "long":
      return typeof value === "bigint" ? BigInt.asIntN(64, value) === value : Number.isSafeInteger(value);
    case "float":
      return Number.isFinite(value);
    case "timestamptz":
      return typeof value === "string" && INSTANT.test(value) && !Number.isNaN(Date.parse(value));
    default:
      return false;
  }
}

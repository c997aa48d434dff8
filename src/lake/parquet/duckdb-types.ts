import type { FieldType, NestedField } from "../spec/types.ts";

const NAMES: Readonly<Record<string, string>> = {
  boolean: "BOOLEAN",
  int: "INTEGER",
  long: "BIGINT",
  float: "FLOAT",
  double: "DOUBLE",
  date: "DATE",
  time: "TIME",
  timestamp: "TIMESTAMP",
  timestamptz: "TIMESTAMPTZ",
  string: "VARCHAR",
  uuid: "UUID",
  binary: "BLOB",
};

/** A DuckDB string literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A DuckDB identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The DuckDB type that holds an Iceberg type. */
export function duckdbType(type: FieldType): string {
  if (typeof type !== "string") {
    if (type.type === "struct") {
      const members = type.fields.map((field) => `${identifier(field.name)} ${duckdbType(field.type)}`);
      return `STRUCT(${members.join(", ")})`;
    }
    if (type.type === "list") return `${duckdbType(type.element)}[]`;
    return `MAP(${duckdbType(type.key)}, ${duckdbType(type.value)})`;
  }
  const name = NAMES[type];
  if (name !== undefined) return name;
  if (type.startsWith("decimal")) return type.toUpperCase().replaceAll(" ", "");
  if (type.startsWith("fixed")) return "BLOB";
  throw new RangeError(`Cannot store type ${type}: DuckDB has no such type`);
}

/** The `FIELD_IDS` option of `COPY`: readers find columns by these ids, never by name. */
export function fieldIds(fields: readonly NestedField[]): string {
  return `{${fields.map((field) => `${identifier(field.name)}: ${fieldId(field.id, field.type)}`).join(", ")}}`;
}

function fieldId(id: number, type: FieldType): string {
  if (typeof type === "string") return String(id);
  const own = `__duckdb_field_id: ${id}`;
  if (type.type === "struct") return `{${own}, ${fieldIds(type.fields).slice(1)}`;
  if (type.type === "list") return `{${own}, element: ${fieldId(type["element-id"], type.element)}}`;
  throw new RangeError("Cannot write map columns");
}

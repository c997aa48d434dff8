import type { FieldType, NestedField, TableMetadata } from "../spec/types.ts";
import { currentSchema } from "../spec/metadata.ts";

/** A column as Glue keeps it. */
export interface GlueColumn {
  readonly Name: string;
  readonly Type: string;
  readonly Comment?: string;
  readonly Parameters: Readonly<Record<string, string>>;
}

/** Glue's limit for the text beside a column, characters. */
const COMMENT_LENGTH_MAX = 255;

/** Hive's words for Iceberg's types where they differ; it has one kind of timestamp. */
const HIVE_TYPES: Readonly<Record<string, string>> = {
  long: "bigint",
  timestamptz: "timestamp",
  uuid: "string",
  time: "string",
};
const SAME_IN_HIVE: ReadonlySet<string> = new Set([
  "boolean",
  "int",
  "float",
  "double",
  "date",
  "timestamp",
  "string",
  "binary",
]);

/**
 * The columns that Glue shows for an Iceberg table: those of the current schema, then those that only earlier ones had. Athena selects
 * nothing from a table without them; the truth is in the metadata file all the same.
 *
 * The words are those of Iceberg's own Glue catalog (`IcebergToGlueConverter`).
 */
export function glueColumns(metadata: TableMetadata): readonly GlueColumn[] {
  const current = currentSchema(metadata);
  const columns = new Map<string, GlueColumn>();
  const add = (fields: readonly NestedField[], isCurrent: boolean): void => {
    for (const field of fields) {
      const name = field.name.toLowerCase();
      if (!columns.has(name)) columns.set(name, columnOf(field, isCurrent));
    }
  };
  add(current.fields, true);
  for (const schema of metadata.schemas) if (schema !== current) add(schema.fields, false);
  return [...columns.values()];
}

function columnOf({ id, name, required, type, doc }: NestedField, isCurrent: boolean): GlueColumn {
  return {
    Name: name.toLowerCase(),
    Type: hiveType(type),
    ...(doc !== undefined && { Comment: glueText(doc) }),
    Parameters: {
      "iceberg.field.id": String(id),
      "iceberg.field.optional": String(!required),
      "iceberg.field.current": String(isCurrent),
    },
  };
}

/** Glue takes one line of text, without control characters. */
function glueText(text: string): string {
  const line = text.replace(/[\p{Cc}\s]+/gu, " ").trim();
  // Half of a character at the end would make the text no text.
  return line.slice(0, COMMENT_LENGTH_MAX).replace(/[\uD800-\uDBFF]$/, "");
}

function hiveType(type: FieldType): string {
  if (typeof type === "string") return hivePrimitive(type);
  switch (type.type) {
    case "struct":
      return `struct<${type.fields.map((field) => `${field.name}:${hiveType(field.type)}`).join(",")}>`;
    case "list":
      return `array<${hiveType(type.element)}>`;
    case "map":
      return `map<${hiveType(type.key)},${hiveType(type.value)}>`;
  }
}

function hivePrimitive(type: string): string {
  if (SAME_IN_HIVE.has(type)) return type;
  const decimal = /^decimal\(\s*(\d+)\s*,\s*(\d+)\s*\)$/.exec(type);
  if (decimal !== null) return `decimal(${decimal[1]},${decimal[2]})`;
  // A type of a later version of Iceberg is shown as text rather than keep the whole table from being shown.
  return type.startsWith("fixed[") ? "binary" : (HIVE_TYPES[type] ?? "string");
}

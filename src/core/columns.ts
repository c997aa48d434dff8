/**
 * Logical column types: the words that configuration, mappings and lake share.
 * They are Iceberg v2's primitive names (Iceberg spec, "Schemas and Data Types"); `map` is not used.
 */
export type PrimitiveType =
  | "boolean"
  | "int"
  | "long"
  | "float"
  | "double"
  | "date"
  | "time"
  | "timestamp"
  | "timestamptz"
  | "string"
  | "uuid"
  | "binary"
  | `fixed[${number}]`
  | `decimal(${number},${number})`;

export interface StructType {
  readonly type: "struct";
  readonly fields: readonly Column[];
}

export interface ListType {
  readonly type: "list";
  readonly element: ColumnType;
}

export type ColumnType = PrimitiveType | StructType | ListType;

/** One column, or one field of a struct; every column is optional (may be null). */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** One sentence for people; shown by `tables` and stored as the Iceberg field's `doc`. */
  readonly doc?: string;
}

/** Calls `visit` for every leaf (primitive or list) with its dotted path, in column order. */
export function walkLeaves(
  columns: readonly Column[],
  visit: (path: string, column: Column) => void,
  prefix = "",
): void {
  for (const column of columns) {
    const path = prefix === "" ? column.name : `${prefix}.${column.name}`;
    if (typeof column.type === "object" && column.type.type === "struct") {
      walkLeaves(column.type.fields, visit, path);
    } else {
      visit(path, column);
    }
  }
}

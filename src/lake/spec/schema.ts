import type { Column, ColumnType, PrimitiveType } from "../../core/columns.ts";
import { DuolakeError } from "../../core/errors.ts";
import type { FieldType, NestedField, Schema } from "./types.ts";

/** Hands out field ids; `last` is the highest one given so far. */
export interface FieldIds {
  last: number;
}

/** Gives the columns of a table their field ids and makes them an Iceberg schema (spec, "Schemas"). */
export function schemaOf(columns: readonly Column[], options: { schemaId: number; ids: FieldIds }): Schema {
  return { type: "struct", "schema-id": options.schemaId, fields: fieldsOf(columns, options.ids) };
}

/**
 * Gives columns their field ids: first all of one level, then what is nested in them, as the reference
 * implementation does, so that top-level columns have the low numbers.
 */
export function fieldsOf(columns: readonly Column[], ids: FieldIds): NestedField[] {
  refuseClashes(columns);
  const numbered = columns.map((column) => {
    ids.last += 1;
    return { column, id: ids.last };
  });
  return numbered.map(({ column: { name, doc, type: columnType }, id }) => {
    const type = fieldTypeOf(columnType, ids);
    return doc === undefined ? { id, name, required: false, type } : { id, name, required: false, type, doc };
  });
}

/** Gives a type its nested field ids. */
export function fieldTypeOf(type: ColumnType, ids: FieldIds): FieldType {
  if (typeof type === "string") {
    if (type.startsWith("fixed[")) {
      throw conflict(`Cannot store a column of type ${type}: Parquet files here hold no fixed-length bytes`);
    }
    return type;
  }
  if (type.type === "struct") return { type: "struct", fields: fieldsOf(type.fields, ids) };
  ids.last += 1;
  const elementId = ids.last;
  return {
    type: "list",
    "element-id": elementId,
    "element-required": false,
    element: fieldTypeOf(type.element, ids),
  };
}

/** Gives back the columns of an Iceberg schema; `map` columns of other writers are refused by name. */
export function columnsOf(fields: readonly NestedField[]): Column[] {
  return fields.map((field) => ({
    name: field.name,
    type: columnTypeOf(field),
    ...(field.doc === undefined ? {} : { doc: field.doc }),
  }));
}

function columnTypeOf(field: { name: string; type: FieldType }): ColumnType {
  const { name, type } = field;
  if (typeof type === "string") return type as PrimitiveType;
  if (type.type === "struct") return { type: "struct", fields: columnsOf(type.fields) };
  if (type.type === "list") return { type: "list", element: columnTypeOf({ name, type: type.element }) };
  throw new DuolakeError(
    "lake_format_unsupported",
    `Cannot use column ${name}: map columns are not supported`,
  );
}

/** Refuses names that Glue, Hive or DuckDB would take for one and the same, because they ignore case. */
function refuseClashes(columns: readonly { readonly name: string }[]): void {
  const seen = new Map<string, string>();
  for (const { name } of columns) {
    const folded = name.toLowerCase();
    const other = seen.get(folded);
    if (name === "" || other !== undefined) {
      throw conflict(
        `Cannot have column ${JSON.stringify(name)}: ${
          name === "" ? "a name is needed" : `it differs from ${JSON.stringify(other)} in case only`
        }`,
      );
    }
    seen.set(folded, name);
  }
}

/** One leaf of a schema: a primitive with the way to it. */
export interface Leaf {
  readonly id: number;
  /** Names from the top; a list contributes `element`. */
  readonly path: readonly string[];
  readonly type: string;
  /** True below a list: such a leaf has counts but no bounds (spec, "Manifests", note on bounds). */
  readonly repeated: boolean;
}

/** Every primitive leaf of a schema, in order. */
export function leavesOf(fields: readonly NestedField[]): Leaf[] {
  const leaves: Leaf[] = [];
  const visit = (at: Leaf | Omit<Leaf, "type">, type: FieldType): void => {
    if (typeof type === "string") {
      leaves.push({ ...at, type });
    } else if (type.type === "struct") {
      for (const field of type.fields) {
        visit({ id: field.id, path: [...at.path, field.name], repeated: at.repeated }, field.type);
      }
    } else if (type.type === "list") {
      visit({ id: type["element-id"], path: [...at.path, "element"], repeated: true }, type.element);
    }
  };
  visit({ id: 0, path: [], repeated: false }, { type: "struct", fields });
  return leaves;
}

/** The error of a schema that cannot be stored or merged. */
export function conflict(message: string): DuolakeError {
  return new DuolakeError("lake_schema_conflict", message);
}

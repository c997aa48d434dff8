import type { Column, ColumnType } from "../../core/columns.ts";
import type { FieldIds } from "./schema.ts";
import { conflict, fieldsOf, fieldTypeOf, refuseClashes } from "./schema.ts";
import type { FieldType, NestedField, Schema } from "./types.ts";

/**
 * Merges columns into a schema, adding only: columns, fields of structs (also inside list elements) that
 * the schema lacks are appended as optional with new ids; everything the schema has keeps its id and place.
 *
 * A type changes only by a promotion of the spec ("Schema Evolution": int -> long, float -> double, wider
 * decimal). A wanted type that is narrower than the one there needs no change.
 *
 * @returns the merged schema with the next schema id, or undefined when nothing is missing
 * @throws lake_schema_conflict naming the dotted path
 */
export function evolve(
  schema: Schema,
  columns: readonly Column[],
  options: { schemaId: number; ids: FieldIds },
): Schema | undefined {
  const merged = mergeFields({ fields: schema.fields, wanted: columns, path: "" }, options.ids);
  if (merged === undefined) return undefined;
  return { ...schema, "schema-id": options.schemaId, fields: merged };
}

interface Merge {
  readonly fields: readonly NestedField[];
  readonly wanted: readonly Column[];
  readonly path: string;
}

function mergeFields({ fields, wanted, path }: Merge, ids: FieldIds): NestedField[] | undefined {
  const byName = new Map(wanted.map((column) => [column.name, column]));
  let changed = false;
  const merged = fields.map((field) => {
    const column = byName.get(field.name);
    if (column === undefined) return field;
    const type = mergeType({ have: field.type, want: column.type, path: dotted(path, field.name) }, ids);
    if (type === undefined) return field;
    changed = true;
    return { ...field, type };
  });
  const have = new Set(fields.map((field) => field.name));
  const added = wanted.filter((column) => !have.has(column.name));
  refuseClashes([...fields, ...added].map(({ name }) => ({ name: dotted(path, name) })));
  if (!changed && added.length === 0) return undefined;
  return [...merged, ...fieldsOf(added, ids)];
}

function mergeType(
  { have, want, path }: { have: FieldType; want: ColumnType; path: string },
  ids: FieldIds,
): FieldType | undefined {
  if (typeof have === "string" && typeof want === "string") {
    if (have === want || promotes(want, have)) return undefined;
    if (promotes(have, want)) return fieldTypeOf(want, ids);
  } else if (typeof have === "object" && typeof want === "object") {
    if (have.type === "struct" && want.type === "struct") {
      const fields = mergeFields({ fields: have.fields, wanted: want.fields, path }, ids);
      return fields === undefined ? undefined : { ...have, fields };
    }
    if (have.type === "list" && want.type === "list") {
      const element = mergeType({ have: have.element, want: want.element, path: `${path}.element` }, ids);
      return element === undefined ? undefined : { ...have, element };
    }
  }
  throw conflict(
    `Cannot change the type of column ${path}: the table has ${typeName(have)}, the schema wants ${typeName(want)}`,
  );
}

/** True when a column may change from one primitive type to the other. */
export function promotes(from: string, to: string): boolean {
  if (from === "int") return to === "long";
  if (from === "float") return to === "double";
  const a = decimalOf(from);
  const b = decimalOf(to);
  return a !== undefined && b !== undefined && a.scale === b.scale && a.precision < b.precision;
}

/** Precision and scale of `decimal(P,S)`; undefined for other types. */
export function decimalOf(type: string): { precision: number; scale: number } | undefined {
  const match = /^decimal\(\s*(\d+)\s*,\s*(\d+)\s*\)$/.exec(type);
  return match === null ? undefined : { precision: Number(match[1]), scale: Number(match[2]) };
}

function typeName(type: string | { readonly type: string }): string {
  return typeof type === "string" ? type : type.type;
}

function dotted(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

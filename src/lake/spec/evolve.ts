import type { Column, ColumnType } from "../../core/columns.ts";
import { DuolakeError } from "../../core/errors.ts";
import type { FormerFields } from "./former-fields.ts";
import type { FieldIds } from "./schema.ts";
import { conflict, fieldsOf, fieldTypeOf } from "./schema.ts";
import type { FieldType, NestedField, Schema } from "./types.ts";

export interface EvolveOptions {
  readonly schemaId: number;
  readonly ids: FieldIds;
  /** Members of structs that were dropped: where one is wanted again it gets its id back. */
  readonly former?: FormerFields;
  /** Names in lower case that no column of the top level may have. */
  readonly reservedNames?: ReadonlySet<string>;
  /** Called for each column that cannot be as wanted; it stays as it is, or out. Throws unless given. */
  readonly refuse?: (path: string, reason: string) => void;
}

/**
 * Merges columns into a schema, adding only: columns, fields of structs (also inside list elements) that
 * the schema lacks are appended as optional with new ids; everything the schema has keeps its id and place.
 *
 * A type changes only by a promotion of the spec ("Schema Evolution": int -> long, float -> double, wider
 * decimal). A wanted type that is narrower than the one there needs no change.
 *
 * A member of a struct that was dropped and is wanted again gets its old id: readers that go by id and those that go by name
 * then see the same, and the name cannot come back with another type.
 *
 * @returns the merged schema with the next schema id, or undefined when nothing is missing
 * @throws lake_schema_conflict naming the dotted path
 */
export function evolve(
  schema: Schema,
  columns: readonly Column[],
  options: EvolveOptions,
): Schema | undefined {
  const merged = mergeFields({ fields: schema.fields, wanted: columns, path: "" }, options);
  if (merged === undefined) return undefined;
  return { ...schema, "schema-id": options.schemaId, fields: merged };
}

interface Merge {
  readonly fields: readonly NestedField[];
  readonly wanted: readonly Column[];
  readonly path: string;
  /** The id of the struct; undefined at the top. */
  readonly structId?: number;
}

function mergeFields(
  { fields: present, wanted, path, structId }: Merge,
  options: EvolveOptions,
): NestedField[] | undefined {
  const restored = restorable(present, wanted, options.former?.get(structId ?? -1));
  const fields = [...present, ...restored];
  const byName = new Map(wanted.map((column) => [column.name, column]));
  let changed = restored.length > 0;
  const merged = fields.map((field) => {
    const column = byName.get(field.name);
    if (column === undefined) return field;
    const { id, name } = field;
    const type = mergeType({ have: field.type, want: column.type, path: dotted(path, name), id }, options);
    if (type === undefined) return field;
    changed = true;
    return { ...field, type };
  });
  const added = addable({ fields, wanted, path }, options);
  if (!changed && added.length === 0) return undefined;
  return [...merged, ...fieldsOf(added, options.ids)];
}

/** The dropped members that are wanted again, as optional fields. */
function restorable(
  present: readonly NestedField[],
  wanted: readonly Column[],
  former: ReadonlyMap<string, NestedField> | undefined,
): NestedField[] {
  if (former === undefined) return [];
  const have = new Set(present.map(({ name }) => name.toLowerCase()));
  return wanted.flatMap(({ name }) => {
    const field = former.get(name.toLowerCase());
    return field === undefined || have.has(name.toLowerCase()) ? [] : [{ ...field, required: false }];
  });
}

/** The wanted columns that are not there yet and can be added. */
function addable(
  { fields, wanted, path }: Merge,
  { reservedNames, refuse = refuseAtOnce }: EvolveOptions,
): Column[] {
  const have = new Set(fields.map(({ name }) => name));
  const names = new Map(fields.map(({ name }) => [name.toLowerCase(), name]));
  return wanted.filter((column) => {
    const { name } = column;
    if (have.has(name)) return false;
    const folded = name.toLowerCase();
    const other = names.get(folded);
    let reason = refusalOf(column);
    if (path === "" && reservedNames?.has(folded)) reason = "it is the name of the partition";
    // Glue, Hive and DuckDB ignore case.
    if (other !== undefined) reason = `it differs from ${JSON.stringify(other)} in case only`;
    names.set(folded, other ?? name);
    if (reason !== undefined) refuse(dotted(path, name), reason);
    return reason === undefined;
  });
}

/** Why a column cannot be stored at all. */
function refusalOf(column: Column): string | undefined {
  try {
    fieldsOf([column], { last: 0 });
    return undefined;
  } catch (error) {
    if (error instanceof DuolakeError) return error.message;
    throw error;
  }
}

function mergeType(
  { have, want, path, id }: { have: FieldType; want: ColumnType; path: string; id: number },
  options: EvolveOptions,
): FieldType | undefined {
  if (typeof have === "string" && typeof want === "string") {
    if (have === want || promotes(want, have)) return undefined;
    if (promotes(have, want)) return fieldTypeOf(want, options.ids);
  } else if (typeof have === "object" && typeof want === "object") {
    if (have.type === "struct" && want.type === "struct") {
      const level = { fields: have.fields, wanted: want.fields, path, structId: id };
      const fields = mergeFields(level, options);
      return fields === undefined ? undefined : { ...have, fields };
    }
    if (have.type === "list" && want.type === "list") {
      const inner = { have: have.element, want: want.element, path: `${path}.element` };
      const element = mergeType({ ...inner, id: have["element-id"] }, options);
      return element === undefined ? undefined : { ...have, element };
    }
  }
  const { refuse = refuseAtOnce } = options;
  refuse(path, `the table has type ${typeName(have)}, wanted is ${typeName(want)}`);
  return undefined;
}

function refuseAtOnce(path: string, reason: string): void {
  throw conflict(`Cannot have column ${path}: ${reason}`);
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

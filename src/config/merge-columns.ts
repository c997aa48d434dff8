import type { Column, ColumnType } from "../core/columns.ts";

/** Two types for one name. */
export interface MergeConflict {
  /** Dotted; the elements of a list have no step of their own. */
  readonly path: string;
  readonly base: ColumnType;
  readonly added: ColumnType;
}

export interface MergedColumns {
  readonly columns: readonly Column[];
  readonly conflicts: readonly MergeConflict[];
}

/**
 * Adds columns to others, at every level: structs and the elements of lists merge by name.
 *
 * The columns of `base` keep their order, types and docs; new ones follow at the end of their level.
 * Where the types differ `base` stays, and the difference is a conflict. Pure.
 */
export function mergeColumns(base: readonly Column[], added: readonly Column[]): MergedColumns {
  const conflicts: MergeConflict[] = [];
  return { columns: mergeLevel(base, added, "", conflicts), conflicts };
}

function mergeLevel(
  base: readonly Column[],
  added: readonly Column[],
  prefix: string,
  conflicts: MergeConflict[],
): readonly Column[] {
  const byName = new Map(base.map((column) => [column.name, column]));
  for (const column of added) {
    const own = byName.get(column.name);
    const path = prefix === "" ? column.name : `${prefix}.${column.name}`;
    if (own === undefined) byName.set(column.name, column);
    else {
      const type = mergeTypes(own.type, column.type, path, conflicts);
      const doc = own.doc ?? column.doc;
      byName.set(column.name, { name: own.name, type, ...(doc === undefined ? {} : { doc }) });
    }
  }
  return [...byName.values()];
}

function mergeTypes(
  base: ColumnType,
  added: ColumnType,
  path: string,
  conflicts: MergeConflict[],
): ColumnType {
  if (base === added) return base;
  if (typeof base === "object" && typeof added === "object") {
    if (base.type === "struct" && added.type === "struct") {
      return { type: "struct", fields: mergeLevel(base.fields, added.fields, path, conflicts) };
    }
    if (base.type === "list" && added.type === "list") {
      return { type: "list", element: mergeTypes(base.element, added.element, path, conflicts) };
    }
  }
  conflicts.push({ path, base, added });
  return base;
}

/** Leaves out structs without fields, which no file format can hold, and lists of them. */
export function withoutEmptyStructs(columns: readonly Column[]): readonly Column[] {
  return columns.flatMap((column) => {
    const type = withoutEmpty(column.type);
    return type === undefined ? [] : [{ ...column, type }];
  });
}

function withoutEmpty(type: ColumnType): ColumnType | undefined {
  if (typeof type === "string") return type;
  if (type.type === "list") {
    const element = withoutEmpty(type.element);
    return element === undefined ? undefined : { type: "list", element };
  }
  const fields = withoutEmptyStructs(type.fields);
  return fields.length === 0 ? undefined : { type: "struct", fields };
}

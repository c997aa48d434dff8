import type { Column } from "../../core/columns.ts";
import { findDaySpec } from "./day-spec.ts";
import { evolve } from "./evolve.ts";
import { formerFields, renamedFields, reusedNames } from "./former-fields.ts";
import { currentSchema } from "./metadata.ts";
import { missingColumns, type NamedType, promotedColumns } from "./schema-difference.ts";
import type { FieldType, NestedField, Schema, TableMetadata } from "./types.ts";

/** A column that cannot be as it is wanted. */
export interface ColumnConflict {
  /** Dotted; a list contributes `element`. */
  readonly path: string;
  readonly reason: string;
  /** `lake_format_unsupported`: another engine made the table one that is not written to here. */
  readonly code: "lake_schema_conflict" | "lake_format_unsupported";
}

/** What wanted columns would do to a table. All paths are dotted; a list contributes `element`. */
export interface EvolutionPlan {
  /** The schema to commit; undefined where the table has all that is wanted. */
  readonly schema: Schema | undefined;
  readonly lastColumnId: number;
  /** Columns that the table lacks; rows of before have null in them. */
  readonly added: readonly NamedType[];
  readonly promoted: readonly { readonly path: string; readonly from: string; readonly to: string }[];
  /** Columns that the table has and nobody wants any more; they stay, and new rows have null in them. */
  readonly unwanted: readonly NamedType[];
  /** Pairs of an unwanted and an added column that look like one and its new name. */
  readonly renames: readonly { readonly from: string; readonly to: string }[];
  /** With one of these nothing may be committed. */
  readonly conflicts: readonly ColumnConflict[];
}

/**
 * Compares a table with the columns that it is to have. Pure.
 *
 * Beside what `evolve` refuses these are conflicts, all of them the work of another engine: a table without the partition spec
 * `day(ts)`, a member of a struct that was renamed or took a dropped one's name with another type (files are read by the names of
 * members), a column that may not be null. Other specs and sort orders beside ours are none, whichever is the default.
 */
export function planEvolution(metadata: TableMetadata, columns: readonly Column[]): EvolutionPlan {
  const schema = currentSchema(metadata);
  const ids = { last: metadata["last-column-id"] };
  const conflicts = foreignConflicts(metadata, schema);
  const evolved = evolve(schema, columns, {
    schemaId: Math.max(...metadata.schemas.map((known) => known["schema-id"])) + 1,
    ids,
    former: formerFields(metadata),
    reservedNames: partitionNames(metadata),
    refuse: (path, reason) => conflicts.push({ path, reason, code: "lake_schema_conflict" }),
  });
  const added = evolved === undefined ? [] : missingColumns(schema.fields, evolved.fields);
  const unwanted = unwantedColumns(schema, columns);
  return {
    schema: evolved,
    lastColumnId: ids.last,
    added,
    promoted: evolved === undefined ? [] : promotedColumns(schema.fields, evolved.fields),
    unwanted,
    renames: likelyRenames(unwanted, added),
    conflicts,
  };
}

function foreignConflicts(metadata: TableMetadata, schema: Schema): ColumnConflict[] {
  const code = "lake_format_unsupported";
  const conflicts: ColumnConflict[] = renamedFields(metadata).map(({ path, formerName }) => ({
    path,
    reason: `another engine renamed it, it was ${JSON.stringify(formerName)} before: files are read by the names of members`,
    code,
  }));
  for (const path of reusedNames(metadata)) {
    const reason = "another engine dropped a member of this name and added one of another type";
    conflicts.push({ path, reason, code });
  }
  if (findDaySpec(metadata) === undefined) {
    conflicts.push({ path: "ts", reason: "the table is not partitioned by day(ts)", code });
  }
  for (const path of requiredPaths(schema)) {
    const reason = "another engine made it required, and rows may lack it";
    conflicts.push({ path, reason, code });
  }
  return conflicts;
}

/** Columns that may not be null. Each row has `ts`. */
function requiredPaths({ fields }: Schema): string[] {
  const paths: string[] = [];
  const visit = (field: NestedField, path: string): void => {
    if (field.required && path !== "ts") paths.push(path);
    visitType(field.type, path);
  };
  const visitType = (type: FieldType, path: string): void => {
    if (typeof type === "string") return;
    if (type.type === "struct") for (const field of type.fields) visit(field, `${path}.${field.name}`);
    if (type.type === "list") visitType(type.element, `${path}.element`);
  };
  for (const field of fields) visit(field, field.name);
  return paths;
}

function partitionNames(metadata: TableMetadata): ReadonlySet<string> {
  return new Set(
    metadata["partition-specs"]
      .flatMap(({ fields }) => fields)
      // The name of a column is taken by itself.
      .filter(({ transform }) => transform !== "identity")
      .map(({ name }) => name.toLowerCase()),
  );
}

/** What would be missing in a table that had only the wanted columns. */
function unwantedColumns(schema: Schema, columns: readonly Column[]): readonly NamedType[] {
  return missingColumns(columns, schema.fields);
}

/** Where one column of a struct goes and one of its type comes, the second may be meant to be the first. */
function likelyRenames(gone: readonly NamedType[], come: readonly NamedType[]): EvolutionPlan["renames"] {
  const kindOf = ({ path, type }: NamedType): string =>
    JSON.stringify([path.slice(0, path.lastIndexOf(".") + 1), type]);
  return gone.flatMap((from) => {
    const like = come.filter((to) => kindOf(to) === kindOf(from));
    const isOnly = gone.filter((other) => kindOf(other) === kindOf(from)).length === 1;
    return isOnly && like.length === 1 ? like.map((to) => ({ from: from.path, to: to.path })) : [];
  });
}

import { DuolakeError } from "../core/errors.ts";
import type { DataFile, ReadableTable } from "./lake.ts";
import { duckdbType, identifier, literal } from "./parquet/duckdb-types.ts";
import { renamedFields, reusedNames } from "./spec/former-fields.ts";
import { currentSchema } from "./spec/metadata.ts";
import type { Leaf } from "./spec/schema.ts";
import { leavesOf } from "./spec/schema.ts";
import type { NestedField, TableMetadata } from "./spec/types.ts";
import { leafKeyOf } from "./staged-file.ts";
import { internalsOf } from "./table.ts";

/** What a table needs to be read by DuckDB: pass it on to `readerSql`. */
export interface ReadSchema {
  readonly fields: readonly NestedField[];
  /** The `leafKey` of a file that holds just these columns under these names; left out where a name or type was another once. */
  readonly leafKey?: string;
}

// Metadata never changes, and a question asks for its columns several times; to compare all schemas ever takes a millisecond.
const SCHEMAS = new WeakMap<TableMetadata, ReadSchema>();

/**
 * The columns of a table with their field ids.
 *
 * @throws lake_format_unsupported where another engine renamed a member of a struct, or gave the name of a dropped one to
 *   another: files are read by the names of members, which would show nothing, and a compaction would make that last
 */
export function readSchema(table: ReadableTable): ReadSchema {
  const { metadata, name } = internalsOf(table).loaded;
  const known = SCHEMAS.get(metadata);
  if (known !== undefined) return known;
  const paths = [...renamedFields(metadata).map(({ path }) => path), ...reusedNames(metadata)];
  if (paths.length > 0) {
    throw new DuolakeError(
      "lake_format_unsupported",
      `Cannot read table ${name}: another engine renamed or replaced members of structs; undo that there, got ${paths.join(", ")}`,
    );
  }
  const { fields } = currentSchema(metadata);
  const leaves = leavesOf(fields);
  const schema = isConstant(metadata, leaves)
    ? { fields, leafKey: leafKeyOf(leaves.map(({ id }) => id)) }
    : { fields };
  SCHEMAS.set(metadata, schema);
  return schema;
}

/** True where each leaf has had the name and type of today in every schema that had it. */
function isConstant({ schemas }: TableMetadata, leaves: readonly Leaf[]): boolean {
  const words = ({ path, type }: Leaf): string => JSON.stringify([path, type]);
  const now = new Map(leaves.map((leaf) => [leaf.id, words(leaf)]));
  return schemas.every(({ fields }) =>
    leavesOf(fields).every((leaf) => (now.get(leaf.id) ?? words(leaf)) === words(leaf)),
  );
}

/**
 * SQL for a table expression that reads data files with the table's columns of today, usable after `FROM`.
 *
 * Top-level columns are found by field id, so files written before a column was added or promoted give NULL or
 * the wider type; members of structs are found by name, which holds because they are never renamed here.
 * DuckDB does not guess columns from folder names (`ts_day`) when a schema is given.
 *
 * @param files paths, from `LakeTable.files`; with none the expression has the columns and no rows
 */
export function readerSql(files: readonly Pick<DataFile, "path">[], schema: ReadSchema): string {
  if (files.length === 0) {
    const columns = schema.fields.map(
      (field) => `CAST(NULL AS ${duckdbType(field.type)}) AS ${identifier(field.name)}`,
    );
    return `(SELECT ${columns.join(", ")} WHERE false)`;
  }
  const members = schema.fields.map(
    ({ id, name, type }) =>
      `${id}: {name: ${literal(name)}, type: ${literal(duckdbType(type))}, default_value: NULL}`,
  );
  const paths = files.map((file) => literal(file.path)).join(", ");
  return `read_parquet([${paths}], schema = MAP {${members.join(", ")}})`;
}

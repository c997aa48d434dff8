import { currentSchema } from "./metadata.ts";
import { typeText } from "./schema-difference.ts";
import type { FieldType, NestedField, Schema, TableMetadata } from "./types.ts";

/** Members of structs that a table had once and has not now: by the id of the struct, then by name in lower case. */
export type FormerFields = ReadonlyMap<number, ReadonlyMap<string, NestedField>>;

/** A member of a struct that had another name once. */
export interface RenamedField {
  /** Dotted, as it is now. */
  readonly path: string;
  readonly formerName: string;
}

/** One member of a struct and where it stands. */
interface Member {
  /** Dotted; a list contributes `element`. */
  readonly path: string;
  /** The id of the struct: of its field, or of the list element that it is. */
  readonly structId: number;
  readonly field: NestedField;
}

/**
 * The members of structs that an earlier schema of the table has and the current one lacks, as they were last. Files may hold them
 * still, under their names. Columns of the top level are left out: those are found by id, so a name may come back with another.
 */
export function formerFields(metadata: TableMetadata): FormerFields {
  const now = new Set(membersOf(currentSchema(metadata)).map(({ field }) => field.id));
  const former = new Map<number, Map<string, NestedField>>();
  for (const schema of inOrder(metadata)) {
    for (const { structId, field } of membersOf(schema)) {
      if (now.has(field.id)) continue;
      const known = former.get(structId) ?? new Map<string, NestedField>();
      former.set(structId, known.set(field.name.toLowerCase(), field));
    }
  }
  return former;
}

/** The members of structs that had another name in an earlier schema, which only another engine can have done. */
export function renamedFields(metadata: TableMetadata): RenamedField[] {
  const names = new Map<number, string>();
  const now = new Map(membersOf(currentSchema(metadata)).map((member) => [member.field.id, member]));
  for (const schema of metadata.schemas) {
    for (const { field } of membersOf(schema)) {
      const member = now.get(field.id);
      if (member !== undefined && member.field.name !== field.name) names.set(field.id, field.name);
    }
  }
  return [...names].map(([id, formerName]) => ({ path: now.get(id)?.path ?? formerName, formerName }));
}

/** The members of structs that stand under the name of a dropped one and have another type, which only another engine can have made. */
export function reusedNames(metadata: TableMetadata): string[] {
  const former = formerFields(metadata);
  return membersOf(currentSchema(metadata)).flatMap(({ path, structId, field }) => {
    const dropped = former.get(structId)?.get(field.name.toLowerCase());
    return dropped === undefined || typeText(dropped.type) === typeText(field.type) ? [] : [path];
  });
}

function inOrder({ schemas }: TableMetadata): readonly Schema[] {
  return schemas.toSorted((a, b) => a["schema-id"] - b["schema-id"]);
}

function membersOf(schema: Schema): Member[] {
  const members: Member[] = [];
  const visit = (type: FieldType, id: number, path: string): void => {
    if (typeof type === "string") return;
    if (type.type === "list") visit(type.element, type["element-id"], `${path}.element`);
    if (type.type !== "struct") return;
    for (const field of type.fields) {
      const inner = `${path}.${field.name}`;
      members.push({ path: inner, structId: id, field });
      visit(field.type, field.id, inner);
    }
  };
  for (const field of schema.fields) visit(field.type, field.id, field.name);
  return members;
}

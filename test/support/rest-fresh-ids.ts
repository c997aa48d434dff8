import type { Field, Type } from "./rest-metadata.ts";

/** The next id, and which new one each of the request's ids became. */
export interface Ids {
  next: number;
  readonly given: Map<number, number>;
}

/** Ids as Apache's server gives them out: all fields of a struct first, then what is in them. */
export function freshFields(fields: readonly Field[], ids: Ids): readonly Field[] {
  const numbered = fields.map((field) => ({ ...field, id: freshId(field.id, ids) }));
  return numbered.map((field) => ({ ...field, type: freshType(field.type, ids) }));
}

function freshType(type: Type, ids: Ids): Type {
  if (typeof type === "string") return type;
  if (type.type === "struct") return { ...type, fields: freshFields(type.fields, ids) };
  const id = freshId(type["element-id"], ids);
  return { ...type, "element-id": id, element: freshType(type.element, ids) };
}

function freshId(before: number, ids: Ids): number {
  ids.given.set(before, ids.next);
  ids.next += 1;
  return ids.next - 1;
}

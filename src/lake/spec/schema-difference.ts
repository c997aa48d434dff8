import type { FieldType } from "./types.ts";

/** A column by its dotted path; a list contributes `element`. */
export interface NamedType {
  readonly path: string;
  /** In one line, as Spark writes types: `list<struct<a: string>>`. */
  readonly type: string;
}

interface Named {
  readonly name: string;
  readonly type: Type;
}
/** Types with field ids and without: both are compared here. */
type Type =
  | string
  | { readonly type: "struct"; readonly fields: readonly Named[] }
  | { readonly type: "list"; readonly element: Type }
  | { readonly type: "map" };

/** The columns that the second level has and the first lacks, also inside structs and lists; of a struct all that it holds. */
export function missingColumns(have: readonly Named[], want: readonly Named[]): NamedType[] {
  const missing: NamedType[] = [];
  const compare = (mine: Type | undefined, other: Type, path: string): void => {
    const own = typeof mine === "object" ? mine : undefined;
    if (typeof other === "object" && other.type === "struct") {
      const fields = new Map(own?.type === "struct" ? own.fields.map(({ name, type }) => [name, type]) : []);
      if (mine !== undefined && own?.type !== "struct") return;
      for (const { name, type } of other.fields) compare(fields.get(name), type, dotted(path, name));
    } else if (mine === undefined) missing.push({ path, type: typeText(other) });
    else if (typeof other === "object" && other.type === "list" && own?.type === "list") {
      compare(own.element, other.element, `${path}.element`);
    }
  };
  compare({ type: "struct", fields: have }, { type: "struct", fields: want }, "");
  return missing;
}

/** The leaves that both have with another type. */
export function promotedColumns(
  before: readonly Named[],
  after: readonly Named[],
): { readonly path: string; readonly from: string; readonly to: string }[] {
  const was = leafTypes(before);
  return [...leafTypes(after)].flatMap(([path, to]) => {
    const from = was.get(path);
    return from === undefined || from === to ? [] : [{ path, from, to }];
  });
}

function leafTypes(fields: readonly Named[]): ReadonlyMap<string, string> {
  const leaves = new Map<string, string>();
  const visit = (type: Type, path: string): void => {
    if (typeof type === "string") leaves.set(path, type);
    else if (type.type === "struct")
      for (const field of type.fields) visit(field.type, dotted(path, field.name));
    else if (type.type === "list") visit(type.element, `${path}.element`);
  };
  visit({ type: "struct", fields }, "");
  return leaves;
}

/** A type in one line, without field ids. */
export function typeText(type: Type | FieldType): string {
  if (typeof type === "string") return type;
  if (type.type === "map") return "map";
  if (type.type === "list") return `list<${typeText(type.element)}>`;
  return `struct<${type.fields.map((field) => `${field.name}: ${typeText(field.type)}`).join(", ")}>`;
}

function dotted(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

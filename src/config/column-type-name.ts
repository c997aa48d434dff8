import type { PrimitiveType } from "../core/columns.ts";
import { closestName } from "./closest-name.ts";

/** The primitive types that `fields` may name, as people write them. */
export const PRIMITIVE_TYPE_NAMES: readonly string[] = [
  "boolean",
  "int",
  "long",
  "float",
  "double",
  "date",
  "time",
  "timestamp",
  "timestamptz",
  "string",
  "uuid",
  "binary",
  "fixed[n]",
  "decimal(p,s)",
];

/** Every spelling of a primitive type; how large the numbers may be is checked apart. */
export const PRIMITIVE_TYPE_PATTERN: RegExp =
  /^(boolean|int|long|float|double|date|time|timestamp|timestamptz|string|uuid|binary|fixed\[[0-9]{1,5}\]|decimal\([0-9]{1,2}, ?[0-9]{1,2}\))$/;

// What people coming from SQL, JSON or Elasticsearch write.
const OTHER_NAMES: Readonly<Record<string, string>> = {
  bool: "boolean",
  integer: "int",
  bigint: "long",
  number: "double",
  text: "string",
  keyword: "string",
  varchar: "string",
  ip: "string",
  datetime: "timestamp",
  object: "{type: struct, fields: […]}",
  struct: "{type: struct, fields: […]}",
  list: "{type: list, element: …}",
  array: "{type: list, element: …}",
};

/** Gives the column type that a name stands for; every instant is a `timestamptz`. */
export function primitiveType(name: string): PrimitiveType {
  return (name === "timestamp" ? "timestamptz" : name.replace(", ", ",")) as PrimitiveType;
}

/** Says what is wrong with the name of a type; `undefined` when nothing is. */
export function typeNameProblem(name: string): string | undefined {
  if (name.trim().toLowerCase() === "map") return "must not be a map: maps are not supported, use a struct";
  if (!PRIMITIVE_TYPE_PATTERN.test(name)) {
    const meant = OTHER_NAMES[name.toLowerCase()] ?? closestName(name, PRIMITIVE_TYPE_NAMES);
    const hint = meant === undefined ? `one of ${PRIMITIVE_TYPE_NAMES.join(", ")}` : `did you mean ${meant}?`;
    return `must be a type (${hint})`;
  }
  const [first = 1, second = 0] = [...name.matchAll(/[0-9]+/g)].map(Number);
  if (name.startsWith("fixed") && first === 0) return "must have at least one byte";
  if (name.startsWith("decimal") && (first < 1 || first > 38 || second > first)) {
    return "must have 1 to 38 digits, at most as many of them after the point";
  }
  return undefined;
}

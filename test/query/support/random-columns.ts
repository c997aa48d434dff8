import type { Column, ColumnType } from "../../../src/core/columns.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Random } from "../../support/random.ts";

const NAMES = ["a", "b", "c", "d"];
const PRIMITIVES = ["int", "long", "float", "double", "decimal(5,2)", "string", "timestamptz"] as const;
const WIDER: Readonly<Record<string, ColumnType>> = {
  int: "long",
  float: "double",
  "decimal(5,2)": "decimal(9,2)",
};

/** Some columns of any type, nested up to a depth. */
export function randomColumns(random: Random, depth: number = 3): Column[] {
  return NAMES.filter(() => random.chance(0.5)).map((name) => ({ name, type: randomType(random, depth) }));
}

function randomType(random: Random, depth: number): ColumnType {
  if (depth === 0 || random.chance(0.45)) return random.pick(PRIMITIVES);
  if (random.chance(0.4)) return { type: "list", element: randomType(random, depth - 1) };
  const fields = randomColumns(random, depth - 1);
  return { type: "struct", fields: fields.length > 0 ? fields : [{ name: "a", type: "string" }] };
}

/** Columns that a table with these may be given next: some left out, some promoted, others new, at every level. */
export function changedColumns(random: Random, columns: readonly Column[], depth: number = 3): Column[] {
  const kept = columns.flatMap(({ name, type }): Column[] => {
    const next = changedType(random, type, depth);
    return random.chance(0.15) || next === undefined ? [] : [{ name, type: next }];
  });
  const isFree = ({ name }: Column): boolean => columns.every((column) => column.name !== name);
  return [...kept, ...(random.chance(0.5) ? randomColumns(random, depth).filter(isFree) : [])];
}

function changedType(random: Random, type: ColumnType, depth: number): ColumnType | undefined {
  if (typeof type === "string") return (random.chance(0.4) ? WIDER[type] : undefined) ?? type;
  if (type.type === "list") {
    const element = changedType(random, type.element, Math.max(depth - 1, 0));
    return element && { type: "list", element };
  }
  const fields = changedColumns(random, type.fields, Math.max(depth - 1, 0));
  return fields.length === 0 ? undefined : { type: "struct", fields };
}

/** What a table with columns must have after it was given others. */
export function unitedColumns(have: readonly Column[], given: readonly Column[]): Column[] {
  const united = have.map(({ name, type }): Column => {
    const other = given.find((column) => column.name === name);
    return { name, type: other === undefined ? type : unitedType(type, other.type) };
  });
  return [...united, ...given.filter(({ name }) => have.every((column) => column.name !== name))];
}

function unitedType(have: ColumnType, given: ColumnType): ColumnType {
  if (typeof have === "string") return WIDER[have] === given ? given : have;
  if (typeof given === "string") throw new Error("a type was changed to another kind");
  if (have.type === "list" && given.type === "list") {
    return { type: "list", element: unitedType(have.element, given.element) };
  }
  if (have.type !== "struct" || given.type !== "struct")
    throw new Error("a type was changed to another kind");
  return { type: "struct", fields: unitedColumns(have.fields, given.fields) };
}

/** A value of a type, null at times and at any depth. */
export function randomValue(random: Random, type: ColumnType): Json {
  if (random.chance(0.2)) return null;
  if (typeof type === "object") {
    if (type.type === "list") {
      return Array.from({ length: random.between(0, 3) }, () => randomValue(random, type.element));
    }
    return Object.fromEntries(type.fields.map((field) => [field.name, randomValue(random, field.type)]));
  }
  if (type === "int") return random.between(-(2 ** 31), 2 ** 31 - 1);
  if (type === "long") return BigInt(random.between(1, 9)) * 10n ** 18n;
  if (type === "float") return Math.fround(random.next() * 1000);
  if (type === "double") return random.next() * 1e9;
  if (type === "timestamptz") return `2026-01-05T10:00:${random.between(10, 59)}Z`;
  if (type === "string") return `text ${random.between(0, 1_000_000)}`;
  return random.between(-99_999, 99_999) / 100;
}

/** A stored value as a table with this type must show it: what it lacks is null. */
export function shown(value: Json | undefined, type: ColumnType): Json {
  if (value === undefined || value === null) return null;
  if (typeof type === "string") return value;
  if (type.type === "list") return (value as readonly Json[]).map((item) => shown(item, type.element));
  const object = value as Readonly<Record<string, Json>>;
  return Object.fromEntries(type.fields.map((field) => [field.name, shown(object[field.name], field.type)]));
}

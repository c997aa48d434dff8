import type { FieldType, NestedField } from "../../spec/types.ts";
import { leafType } from "./leaf-type.ts";
import { i32, struct, text, type ThriftValue } from "./thrift.ts";

const OPTIONAL = i32(1);
const REPEATED = i32(2);
/** Parquet's `ConvertedType` and `LogicalType` of a list. */
const CONVERTED_LIST = i32(3);
const LOGICAL_LIST = struct([[3, struct([])]]);

/** The schema of a file, from the root down, each column with its Iceberg field id: readers find columns by it, never by name. */
export function schemaElements(fields: readonly NestedField[]): readonly ThriftValue[] {
  const root = struct([
    [4, text("schema")],
    [5, i32(fields.length)],
  ]);
  return [root, ...fields.flatMap(({ name, id, type }) => elementsOf(name, id, type))];
}

function elementsOf(name: string, id: number, type: FieldType): readonly ThriftValue[] {
  const head = [
    [3, OPTIONAL],
    [4, text(name)],
  ] as const;
  if (typeof type === "string") return [leafElement(type, { head, id })];
  if (type.type === "struct") {
    const own = struct([...head, [5, i32(type.fields.length)], [9, i32(id)]]);
    return [own, ...type.fields.flatMap((field) => elementsOf(field.name, field.id, field.type))];
  }
  if (type.type !== "list")
    throw new RangeError(`Cannot store column ${name}: map columns are not supported`);
  return [
    struct([...head, [5, i32(1)], [6, CONVERTED_LIST], [9, i32(id)], [10, LOGICAL_LIST]]),
    struct([
      [3, REPEATED],
      [4, text("list")],
      [5, i32(1)],
    ]),
    ...elementsOf("element", type["element-id"], type.element),
  ];
}

function leafElement(
  type: string,
  { head, id }: { readonly head: readonly (readonly [number, ThriftValue])[]; readonly id: number },
): ThriftValue {
  const { physical, typeLength, converted, scale, precision, logical } = leafType(type);
  return struct([
    [1, i32(physical)],
    [2, optional(typeLength)],
    ...head,
    [6, optional(converted)],
    [7, optional(scale)],
    [8, optional(precision)],
    [9, i32(id)],
    [10, logical],
  ]);
}

function optional(value: number | undefined): ThriftValue | undefined {
  return value === undefined ? undefined : i32(value);
}

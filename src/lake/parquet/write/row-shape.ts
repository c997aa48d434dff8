import type { FieldType, NestedField } from "../../spec/types.ts";
import { type LeafType, leafType } from "./leaf-type.ts";

/** A leaf column of a file. */
export interface LeafShape {
  /** Iceberg's field id. */
  readonly id: number;
  /** Its place among the leaves, in the order of the file. */
  readonly index: number;
  /** Parquet's path: a list adds `list` and `element`. */
  readonly path: readonly string[];
  readonly type: LeafType;
  /** The name of the Iceberg type. */
  readonly typeName: string;
  /** How many optional and repeated levels lead to it, itself included; everything is optional. */
  readonly definitionMax: number;
  /** How many lists it lies in. */
  readonly repetitionMax: number;
}

/** What a column is made of, down to its leaves. */
export type Shape =
  | { readonly kind: "leaf"; readonly leaf: LeafShape; readonly leaves: readonly LeafShape[] }
  | {
      readonly kind: "list";
      readonly element: Shape;
      readonly leaves: readonly LeafShape[];
      readonly repetition: number;
    }
  | { readonly kind: "struct"; readonly members: readonly Member[]; readonly leaves: readonly LeafShape[] };

export interface Member {
  readonly name: string;
  readonly field: NestedField;
  readonly shape: Shape;
}

type Struct = Extract<Shape, { kind: "struct" }>;

/**
 * The shape of a table's rows.
 *
 * @throws RangeError where a column has a type that files here do not hold
 */
export function rowShape(fields: readonly NestedField[]): Struct {
  let leafCount = 0;
  const shapeOf = (
    type: FieldType,
    at: { id: number; path: readonly string[]; definition: number; repetition: number },
  ): Shape => {
    const { id, path, definition, repetition } = at;
    if (typeof type === "string") {
      const leaf = {
        id,
        index: leafCount,
        path,
        type: leafType(type),
        typeName: type,
        definitionMax: definition,
        repetitionMax: repetition,
      };
      leafCount += 1;
      return { kind: "leaf", leaf, leaves: [leaf] };
    }
    if (type.type === "struct") return structOf(type.fields, { path, definition, repetition });
    if (type.type !== "list")
      throw new RangeError(`Cannot store column ${path.join(".")}: map columns are not supported`);
    const inner = {
      id: type["element-id"],
      path: [...path, "list", "element"],
      definition: definition + 2,
      repetition: repetition + 1,
    };
    const element = shapeOf(type.element, inner);
    return { kind: "list", element, leaves: element.leaves, repetition: repetition + 1 };
  };
  const structOf = (
    members: readonly NestedField[],
    at: { path: readonly string[]; definition: number; repetition: number },
  ): Struct => {
    const shapes = members.map((field) => ({
      name: field.name,
      field,
      shape: shapeOf(field.type, {
        ...at,
        id: field.id,
        path: [...at.path, field.name],
        definition: at.definition + 1,
      }),
    }));
    return { kind: "struct", members: shapes, leaves: shapes.flatMap(({ shape }) => shape.leaves) };
  };
  return structOf(fields, { path: [], definition: 0, repetition: 0 });
}

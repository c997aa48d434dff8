import type { FieldType, NestedField } from "../../spec/types.ts";
import { type LeafType, leafType } from "./leaf-type.ts";

/** A struct that lies in no list; the row itself is one. */
export interface StructPlace {
  /** Its place among them; each comes behind the one it lies in. */
  readonly index: number;
  /** The one it lies in; undefined for the row. */
  readonly parent: StructPlace | undefined;
  /** The definition level that says it is there, and nothing in it; 0 for the row. */
  readonly definition: number;
}

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
  /** The innermost struct around it and around its lists. */
  readonly owner: StructPlace;
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
  | {
      readonly kind: "struct";
      readonly members: readonly Member[];
      readonly leaves: readonly LeafShape[];
      /** Undefined in a list. */
      readonly place: StructPlace | undefined;
    };

export interface Member {
  readonly name: string;
  readonly field: NestedField;
  readonly shape: Shape;
}

type Struct = Extract<Shape, { kind: "struct" }>;

/** The shape of a row. */
export type RowShape = Struct & {
  /** All structs that lie in no list, the row first. */
  readonly structs: readonly StructPlace[];
};

/** Where a column stands while its shape is made. */
interface At {
  readonly path: readonly string[];
  readonly definition: number;
  readonly repetition: number;
  readonly owner: StructPlace;
}

/**
 * The shape of a table's rows.
 *
 * @throws RangeError where a column has a type that files here do not hold
 */
export function rowShape(fields: readonly NestedField[]): RowShape {
  const row: StructPlace = { index: 0, parent: undefined, definition: 0 };
  const structs = [row];
  let leafCount = 0;
  const shapeOf = (type: FieldType, id: number, at: At): Shape => {
    const { path, definition, repetition, owner } = at;
    if (typeof type === "string") {
      const leaf = {
        id,
        index: leafCount,
        path,
        type: leafType(type),
        typeName: type,
        definitionMax: definition,
        repetitionMax: repetition,
        owner,
      };
      leafCount += 1;
      return { kind: "leaf", leaf, leaves: [leaf] };
    }
    if (type.type === "struct") {
      if (repetition > 0) return structOf(type.fields, undefined, at);
      const place = { index: structs.length, parent: owner, definition };
      structs.push(place);
      return structOf(type.fields, place, { ...at, owner: place });
    }
    if (type.type !== "list")
      throw new RangeError(`Cannot store column ${path.join(".")}: map columns are not supported`);
    const element = shapeOf(type.element, type["element-id"], {
      path: [...path, "list", "element"],
      definition: definition + 2,
      repetition: repetition + 1,
      owner,
    });
    return { kind: "list", element, leaves: element.leaves, repetition: repetition + 1 };
  };
  const structOf = (members: readonly NestedField[], place: StructPlace | undefined, at: At): Struct => {
    const shapes = members.map((field) => ({
      name: field.name,
      field,
      shape: shapeOf(field.type, field.id, {
        ...at,
        path: [...at.path, field.name],
        definition: at.definition + 1,
      }),
    }));
    return { kind: "struct", members: shapes, leaves: shapes.flatMap(({ shape }) => shape.leaves), place };
  };
  const whole = structOf(fields, row, { path: [], definition: 0, repetition: 0, owner: row });
  return { ...whole, structs };
}

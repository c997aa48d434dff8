import { decimalOf } from "./evolve.ts";
import type { FieldType, NestedField, Schema } from "./types.ts";

/**
 * The schema with every decimal as `decimal(9,2)`. Iceberg's own code writes `decimal(9, 2)`, and types are compared as text
 * (spec, Appendix C, "Schemas").
 */
export function withPlainTypes(schema: Schema): Schema {
  return Array.isArray(schema.fields) ? { ...schema, fields: schema.fields.map(plainField) } : schema;
}

function plainField(field: NestedField): NestedField {
  return { ...field, type: plainType(field.type) };
}

function plainType(type: FieldType): FieldType {
  if (typeof type === "string") {
    const decimal = type.startsWith("decimal") ? decimalOf(type) : undefined;
    return decimal === undefined ? type : `decimal(${decimal.precision},${decimal.scale})`;
  }
  // What is damaged stays as it is: who needs it says so.
  if (type.type === "struct" && Array.isArray(type.fields)) {
    return { ...type, fields: type.fields.map(plainField) };
  }
  if (type.type === "list") return { ...type, element: plainType(type.element) };
  if (type.type === "map") return { ...type, key: plainType(type.key), value: plainType(type.value) };
  return type;
}

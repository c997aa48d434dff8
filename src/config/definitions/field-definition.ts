import { z } from "zod";

import { PRIMITIVE_TYPE_NAMES, PRIMITIVE_TYPE_PATTERN, typeNameProblem } from "../column-type-name.ts";
import { mapping } from "./mapping.ts";

/** Names of columns that a directory may add; lower case, because engines differ in whether case matters. */
export const COLUMN_NAME_PATTERN: RegExp = /^[a-z_][a-z0-9_]{0,127}$/;

const typeName = z
  .string()
  .superRefine((name, context) => {
    const problem = typeNameProblem(name);
    if (problem !== undefined) context.addIssue(problem);
  })
  .meta({
    pattern: PRIMITIVE_TYPE_PATTERN.source,
    description: `${PRIMITIVE_TYPE_NAMES.join(", ")}; timestamp is stored as timestamptz.`,
  });

const struct = mapping({
  type: z.literal("struct").describe("A group of fields."),
  get fields() {
    return z.array(fieldDefinition).describe("The fields of the struct.");
  },
});

const list = mapping({
  type: z.literal("list").describe("Any number of elements."),
  get element(): z.ZodType {
    return fieldType;
  },
  "element-id": z.unknown().optional().describe("Accepted and not used: ids are given out anew."),
  "element-required": z.unknown().optional().describe("Accepted and not used: every element may be null."),
});

const fieldType: z.ZodType = z
  .union([typeName, z.discriminatedUnion("type", [struct, list])], {
    error: "must be the name of a type, {type: struct, fields: […]} or {type: list, element: …}",
  })
  .meta({ id: "FieldType", description: "The name of a type, a struct or a list." });

/** One entry of `schema.fields`: what it may look like; `fieldColumns` makes a column of it. */
export const fieldDefinition: z.ZodType = mapping({
  name: z
    .string()
    .regex(COLUMN_NAME_PATTERN, {
      error: "must be a column name: lower-case letters, digits and _, not starting with a digit",
    })
    .describe("Lower-case letters, digits and _."),
  type: fieldType,
  doc: z.string().optional().describe("One sentence for people."),
  required: z.unknown().optional().describe("Accepted and not used: every column may be null."),
  id: z.unknown().optional().describe("Accepted and not used: ids are given out anew."),
}).meta({ id: "Field" });

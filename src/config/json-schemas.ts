import { z } from "zod";

import { logSourceDefinition } from "./definitions/log-source-definition.ts";
import { matanoConfigDefinition } from "./definitions/matano-config-definition.ts";
import { tableDefinition } from "./definitions/table-definition.ts";

/** A generated file of the documentation. */
export interface GeneratedFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly content: string;
}

/** The JSON Schemas of the three kinds of files, made from the definitions that check them. */
export function jsonSchemas(): readonly GeneratedFile[] {
  return [
    schemaFile("matano-config", "matano.config.yml of duolake", matanoConfigDefinition),
    schemaFile("log-source", "log_source.yml of duolake", logSourceDefinition),
    schemaFile("table", "tables/*.yml of duolake", tableDefinition),
  ];
}

function schemaFile(name: string, title: string, definition: z.ZodType): GeneratedFile {
  // Draft 7 is what editors' YAML support understands best.
  const { $schema, ...schema } = z.toJSONSchema(definition, { io: "input", target: "draft-7" });
  return {
    path: `docs/schemas/${name}.schema.json`,
    content: `${JSON.stringify({ $schema, title, ...schema }, null, 2)}\n`,
  };
}

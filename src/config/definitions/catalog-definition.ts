import { z } from "zod";

import { mapping } from "./mapping.ts";
import { type RestCatalogKeys, restCatalogKeys, restCatalogProblem } from "./rest-catalog-keys.ts";

/** `lake.catalog` as it is written. */
export interface CatalogSection extends RestCatalogKeys {
  readonly type: "folder" | "glue" | "rest";
  readonly region?: string | undefined;
  readonly catalog_id?: string | undefined;
}

/** Keys that only one type of catalog knows. */
const KEYS_OF: Readonly<Record<string, CatalogSection["type"]>> = {
  region: "glue",
  catalog_id: "glue",
  uri: "rest",
  warehouse: "rest",
  prefix: "rest",
  auth: "rest",
  oauth2: "rest",
  sigv4: "rest",
};

/** What says which metadata file of a table is the current one, and how it is reached. */
export function catalogDefinition(): z.ZodPrefault<z.ZodType<CatalogSection>> {
  return mapping({
    type: z
      .enum(["folder", "glue", "rest"])
      .prefault("folder")
      .describe(
        "folder: the catalog is the warehouse itself; glue: AWS Glue; rest: an Iceberg REST catalog.",
      ),
    region: z
      .string()
      .regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/, { error: "must be the name of an AWS region, as eu-central-1" })
      .optional()
      .describe("glue: the region of the Data Catalog; by default the one that AWS programs find."),
    catalog_id: z
      .string()
      .regex(/^\d{12}$/, { error: "must be the 12 digits of an AWS account" })
      .optional()
      .describe("glue: the account whose Data Catalog it is; by default that of the credentials."),
    ...restCatalogKeys(),
  })
    .superRefine((section, context) => {
      for (const [key, type] of Object.entries(KEYS_OF)) {
        const isGiven = section[key as keyof CatalogSection] !== undefined;
        if (!isGiven || section.type === type) continue;
        context.addIssue({ code: "custom", path: [key], message: `is only for type ${type}` });
      }
      const problem = section.type === "rest" ? restCatalogProblem(section) : undefined;
      if (problem !== undefined) {
        context.addIssue({ code: "custom", path: [problem.key], message: problem.message });
      }
    })
    .prefault({})
    .describe("What says which metadata file of a table is the current one.");
}

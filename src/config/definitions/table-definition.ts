import { z } from "zod";

import { mapping } from "./mapping.ts";
import { sharedKeys } from "./shared-keys.ts";
import type { CommonKeys } from "./shared-keys.ts";

/** `tables/*.yml`. */
export interface TableFile extends CommonKeys {
  readonly name?: string | undefined;
}

/** What a table's file may hold; which names there are is checked against the registry. */
export const tableDefinition: z.ZodType<TableFile> = mapping({
  name: z
    .string()
    .optional()
    .describe(
      "admin, auth, offline_enrollment, summary, telephony, activity or trust_monitor; the file's name when not given.",
    ),
  ...sharedKeys(),
}).describe(
  "One table of a log source: log_sources/<folder>/tables/<table>.yml. The table exists when the file exists; " +
    "an empty file is enough.",
) as z.ZodType<TableFile>;

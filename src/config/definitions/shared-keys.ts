import { z } from "zod";

import { fieldDefinition } from "./field-definition.ts";
import { mapping } from "./mapping.ts";

/** Texts for people. */
export interface MetaSection {
  readonly display_name?: string | undefined;
  readonly description?: string | undefined;
}

/** What a log source and a table have in common; the columns of `schema` are read by `addedColumns`. */
export interface CommonKeys {
  readonly meta?: MetaSection | undefined;
  readonly ingest?: Readonly<Record<string, unknown>> | undefined;
}

const BY_DAY = "every table is partitioned by the day of ts";

/**
 * A table's partitions cannot be chosen, and a wish for other ones must not be ignored in silence.
 * What Matano itself does, `hour` of `ts`, is let pass: a directory may spell it out.
 */
const partitions = z
  .array(
    mapping({
      column: z.literal("ts", { error: `must be ts: ${BY_DAY}` }).describe("The time column."),
      transform: z
        .enum(["day", "hour"], { error: `must be day: ${BY_DAY}` })
        .describe("What Matano did; here it is the day."),
    }),
  )
  .max(1, { error: `must hold one entry at most: ${BY_DAY}` })
  .optional()
  .describe("Accepted for Matano's sake; every table is partitioned by the day of ts.");

const INGEST_KEYS = [
  "compression",
  "csv_headers",
  "expand_records_from_payload",
  "s3_source",
  "select_table_from_payload",
  "select_table_from_payload_metadata",
  "sqs_source",
] as const;

const ignoredIngest = z
  .unknown()
  .optional()
  .describe("A key of Matano; has no effect, events come from Duo only.");

const shared = {
  schema: mapping({
    ecs_field_names: z
      .array(z.string())
      .optional()
      .describe("Fields or whole groups of the Elastic Common Schema to add: user.roles, threat."),
    fields: z.array(fieldDefinition).optional().describe("Columns of your own."),
    partitions,
  })
    .optional()
    .describe("Columns to add; those of the table itself stay."),
  partitions,
  transform: z
    .string()
    .regex(/^\s*$/, {
      error: "is not supported yet: the rows would be stored without it; remove it or leave it empty",
    })
    .optional()
    .describe("Must be empty: changing rows is not supported yet."),
  meta: mapping({
    display_name: z.string().optional().describe("A name for people."),
    description: z.string().optional().describe("A description for people."),
  })
    .optional()
    .describe("Texts for people; those of a table win over those of its log source."),
  ingest: mapping(Object.fromEntries(INGEST_KEYS.map((key) => [key, ignoredIngest])))
    .optional()
    .describe("Matano's settings for files in S3; accepted, without effect."),
};

/** The keys that `log_source.yml` and `tables/*.yml` share. */
export function sharedKeys(): Record<"schema" | "partitions" | "transform" | "meta" | "ingest", z.ZodType> {
  return shared;
}

import { isDaySpec } from "./manifest-schema.ts";
import { currentSchema } from "./metadata.ts";
import type { PartitionSpec, TableMetadata } from "./types.ts";

/**
 * The partition spec that our files follow: `day(ts)`; undefined where the table has none. Another writer may have made another
 * spec the default; files of both live in one table, each under its own spec (spec, "Partition Evolution").
 */
export function findDaySpec(metadata: TableMetadata): PartitionSpec | undefined {
  const ts = currentSchema(metadata).fields.find((field) => field.name === "ts");
  return metadata["partition-specs"].find(
    (item) => isDaySpec(item) && item.fields.length === 1 && item.fields[0]?.["source-id"] === ts?.id,
  );
}

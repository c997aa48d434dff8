import { currentSchema } from "./metadata.ts";
import type { TableMetadata } from "./types.ts";

/** The id of the sort order of a table that is `ts` alone, rising; undefined where another engine took it away. */
export function tsOrderId(metadata: TableMetadata): number | undefined {
  const ts = currentSchema(metadata).fields.find((field) => field.name === "ts");
  const order = metadata["sort-orders"].find(({ fields: [first, ...others] }) => {
    const isTs = first !== undefined && first["source-id"] === ts?.id && others.length === 0;
    return isTs && first.transform === "identity" && first.direction === "asc";
  });
  return order?.["order-id"];
}

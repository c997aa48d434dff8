import { DuolakeError } from "../../../core/errors.ts";
import { currentSchema } from "../../spec/metadata.ts";
import type { TableMetadata } from "../../spec/types.ts";

/**
 * The request that makes a table as `metadata` describes it (REST spec, `CreateTableRequest`). The location is left out: where files
 * belong is the server's to say, and so are the field ids and the id of the table.
 */
export function createRequest(name: string, metadata: TableMetadata): object {
  const spec = metadata["partition-specs"].find((one) => one["spec-id"] === metadata["default-spec-id"]);
  const order = metadata["sort-orders"].find((one) => one["order-id"] === metadata["default-sort-order-id"]);
  if (spec === undefined || order === undefined) {
    throw new DuolakeError(
      "internal",
      `Cannot create table ${name}: its partition spec or sort order is missing`,
    );
  }
  return {
    name,
    schema: currentSchema(metadata),
    "partition-spec": spec,
    "write-order": order,
    "stage-create": false,
    // Servers may make version 3 by default, which this program does not write.
    properties: { ...metadata.properties, "format-version": "2" },
  };
}

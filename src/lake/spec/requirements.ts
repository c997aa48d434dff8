import type { TableMetadata, TableRequirement } from "./types.ts";

/**
 * Says which requirement the table does not meet, or undefined where all are met (REST spec, `TableRequirement`).
 *
 * @param metadata the table as it is; undefined where there is none
 */
export function failedRequirement(
  metadata: TableMetadata | undefined,
  requirements: readonly TableRequirement[],
): TableRequirement | undefined {
  return requirements.find((requirement) => !meets(metadata, requirement));
}

function meets(metadata: TableMetadata | undefined, requirement: TableRequirement): boolean {
  if (requirement.type === "assert-create") return metadata === undefined;
  if (metadata === undefined) return false;
  switch (requirement.type) {
    case "assert-table-uuid":
      return metadata["table-uuid"] === requirement.uuid;
    case "assert-ref-snapshot-id":
      return (metadata.refs[requirement.ref]?.["snapshot-id"] ?? null) === requirement["snapshot-id"];
    case "assert-current-schema-id":
      return metadata["current-schema-id"] === requirement["current-schema-id"];
    case "assert-last-assigned-field-id":
      return metadata["last-column-id"] === requirement["last-assigned-field-id"];
  }
}

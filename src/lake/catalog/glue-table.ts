import { DuolakeError } from "../../core/errors.ts";
import type { TableMetadata } from "../spec/types.ts";
import type { GlueTable, GlueTableInput } from "./glue-client.ts";
import { type GlueColumn, glueColumns } from "./glue-columns.ts";

const TYPE = "table_type";
const LOCATION = "metadata_location";
const PREVIOUS_LOCATION = "previous_metadata_location";

/** True where Glue says that a table is one of Iceberg's. */
export function isIcebergTable({ Parameters: parameters }: GlueTable): boolean {
  return parameters?.[TYPE]?.toUpperCase() === "ICEBERG";
}

/**
 * The metadata file that counts.
 *
 * @param place the table by its database and name
 * @throws lake_format_unsupported where it is no Iceberg table
 */
export function metadataLocationOf(table: GlueTable, place: string): string {
  const location = table.Parameters?.[LOCATION];
  if (isIcebergTable(table) && location !== undefined && location !== "") return location;
  const got = isIcebergTable(table) ? `no ${LOCATION}` : `${TYPE} ${table.Parameters?.[TYPE] ?? "missing"}`;
  throw new DuolakeError(
    "lake_format_unsupported",
    `Cannot use table ${place}: Glue has a table of that name that is no Iceberg table, got ${got}; drop or rename it, or choose another lake.database`,
  );
}

/**
 * What Glue is told of a table with new metadata.
 *
 * @param table `now`: the table as Glue has it, whose other members and parameters all stay, for other programs keep theirs
 *   there; undefined for a new one
 */
export function glueTableInput(table: {
  readonly name: string;
  readonly now: GlueTable | undefined;
  readonly metadata: TableMetadata;
  readonly metadataLocation: string;
}): GlueTableInput {
  const { name, now, metadata, metadataLocation } = table;
  const previous = now?.Parameters?.[LOCATION];
  return {
    ...inputMembersOf(now),
    Name: name,
    TableType: now?.TableType ?? "EXTERNAL_TABLE",
    Parameters: {
      ...now?.Parameters,
      [TYPE]: "ICEBERG",
      [LOCATION]: metadataLocation,
      ...(previous !== undefined && { [PREVIOUS_LOCATION]: previous }),
    },
    StorageDescriptor: {
      ...now?.StorageDescriptor,
      Location: metadata.location,
      Columns: glueColumns(metadata).map((column) => withNotes(column, now)),
    },
  };
}

/** What a table has that may be given back; the others (`CreateTime`, `VersionId`, …) are Glue's own. */
function inputMembersOf(table: GlueTable | undefined): Partial<GlueTableInput> {
  if (table === undefined) return {};
  const { Description, Owner, LastAccessTime, LastAnalyzedTime, Retention } = table;
  const { PartitionKeys, ViewOriginalText, ViewExpandedText, TargetTable } = table;
  return {
    Description,
    Owner,
    LastAccessTime,
    LastAnalyzedTime,
    Retention,
    PartitionKeys,
    ViewOriginalText,
    ViewExpandedText,
    TargetTable,
  };
}

/** What people wrote beside a column in Glue stays where the schema says nothing. */
function withNotes(
  column: GlueColumn,
  now: GlueTable | undefined,
): GlueColumn & { Parameters: Record<string, string> } {
  const there = now?.StorageDescriptor?.Columns?.find(({ Name: name }) => name === column.Name);
  return {
    ...(there?.Comment !== undefined && { Comment: there.Comment }),
    ...column,
    Parameters: { ...there?.Parameters, ...column.Parameters },
  };
}

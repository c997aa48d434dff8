import { randomUUID } from "node:crypto";
import type { Column } from "../../core/columns.ts";
import { conflict, schemaOf } from "./schema.ts";
import type { TableMetadata } from "./types.ts";

/** The name of the one partition field; also the name of the folders below `data/`. */
export const PARTITION_NAME = "ts_day";
const PARTITION_FIELD_ID = 1000;
const MIB = 1024 * 1024;

/** What a new table says about itself, so that other engines that write to it behave as we do. */
export const DEFAULT_PROPERTIES: Readonly<Record<string, string>> = {
  "write.format.default": "parquet",
  "write.parquet.compression-codec": "zstd",
  "write.target-file-size-bytes": String(128 * MIB),
  "write.metadata.metrics.default": "truncate(16)",
  "write.metadata.delete-after-commit.enabled": "true",
  "write.metadata.previous-versions-max": "20",
  "commit.manifest.min-count-to-merge": "100",
  "commit.manifest.target-size-bytes": String(8 * MIB),
  "history.expire.max-snapshot-age-ms": String(5 * 86_400_000),
  "history.expire.min-snapshots-to-keep": "100",
  // Ours: appends take older snapshots out of the history; see append/expire-history.ts.
  "duolake.snapshots-max": "400",
};

/**
 * The metadata of an empty table (spec, "Table Metadata Fields", v2), partitioned by `day(ts)` and sorted by `ts`.
 *
 * Every member that v2 requires is there; `current-snapshot-id` and `refs.main` come with the first snapshot.
 *
 * @throws lake_schema_conflict where the columns lack `ts` or two names clash
 */
export function newTable(options: {
  readonly location: string;
  readonly columns: readonly Column[];
  readonly properties: Readonly<Record<string, string>>;
  readonly nowMs: number;
}): TableMetadata {
  const ids = { last: 0 };
  const schema = schemaOf(options.columns, { schemaId: 0, ids });
  const ts = schema.fields.find((field) => field.name === "ts");
  if (ts?.type !== "timestamptz") {
    throw conflict("Cannot create a table: it needs a column ts of type timestamptz");
  }
  if (schema.fields.some((field) => field.name.toLowerCase() === PARTITION_NAME)) {
    throw conflict(`Cannot have a column ${PARTITION_NAME}: it is the name of the partition`);
  }
  return {
    "format-version": 2,
    "table-uuid": randomUUID(),
    location: options.location,
    "last-sequence-number": 0,
    "last-updated-ms": options.nowMs,
    "last-column-id": ids.last,
    "current-schema-id": 0,
    schemas: [schema],
    "default-spec-id": 0,
    "partition-specs": [
      {
        "spec-id": 0,
        fields: [
          {
            "source-id": ts.id,
            "field-id": PARTITION_FIELD_ID,
            name: PARTITION_NAME,
            transform: "day",
          },
        ],
      },
    ],
    "last-partition-id": PARTITION_FIELD_ID,
    "default-sort-order-id": 1,
    "sort-orders": [
      { "order-id": 0, fields: [] },
      {
        "order-id": 1,
        fields: [
          { transform: "identity", "source-id": ts.id, direction: "asc", "null-order": "nulls-first" },
        ],
      },
    ],
    properties: { ...DEFAULT_PROPERTIES, ...options.properties },
    refs: {},
    snapshots: [],
    "snapshot-log": [],
    "metadata-log": [],
  };
}

/**
 * A 64-bit integer in its one canonical form: a number where a double holds it exactly, else a bigint.
 * `parseJson` and the Avro decoder both give this form, so `===` compares two ids.
 */
export type Int64 = number | bigint;

/** Gives the canonical form. */
export function int64(value: bigint | number): Int64 {
  const asNumber = Number(value);
  return Number.isSafeInteger(asNumber) ? asNumber : BigInt(value);
}

// The words below are the Iceberg spec's own ("Table Metadata Fields", "Schemas", "Snapshots"), untranslated.

export interface NestedField {
  readonly id: number;
  readonly name: string;
  readonly required: boolean;
  readonly type: FieldType;
  readonly doc?: string;
}

export interface StructFieldType {
  readonly type: "struct";
  readonly fields: readonly NestedField[];
}

export interface ListFieldType {
  readonly type: "list";
  readonly "element-id": number;
  readonly "element-required": boolean;
  readonly element: FieldType;
}

export interface MapFieldType {
  readonly type: "map";
  readonly "key-id": number;
  readonly key: FieldType;
  readonly "value-id": number;
  readonly "value-required": boolean;
  readonly value: FieldType;
}

/** A primitive is its name in text: `long`, `decimal(9,2)`. */
export type FieldType = string | StructFieldType | ListFieldType | MapFieldType;

export interface Schema {
  readonly type: "struct";
  readonly "schema-id": number;
  readonly fields: readonly NestedField[];
  readonly "identifier-field-ids"?: readonly number[];
}

export interface PartitionField {
  readonly "source-id": number;
  readonly "field-id": number;
  readonly name: string;
  readonly transform: string;
}

export interface PartitionSpec {
  readonly "spec-id": number;
  readonly fields: readonly PartitionField[];
}

export interface SortField {
  readonly transform: string;
  readonly "source-id": number;
  readonly direction: "asc" | "desc";
  readonly "null-order": "nulls-first" | "nulls-last";
}

export interface SortOrder {
  readonly "order-id": number;
  readonly fields: readonly SortField[];
}

export interface Snapshot {
  readonly "snapshot-id": Int64;
  readonly "parent-snapshot-id"?: Int64;
  readonly "sequence-number": number;
  readonly "timestamp-ms": number;
  readonly "manifest-list": string;
  readonly summary: Readonly<Record<string, string>>;
  readonly "schema-id"?: number;
}

export interface SnapshotReference {
  readonly "snapshot-id": Int64;
  readonly type: "branch" | "tag";
  readonly "min-snapshots-to-keep"?: number;
  readonly "max-snapshot-age-ms"?: number;
  readonly "max-ref-age-ms"?: number;
}

export interface SnapshotLogEntry {
  readonly "snapshot-id": Int64;
  readonly "timestamp-ms": number;
}

export interface MetadataLogEntry {
  readonly "metadata-file": string;
  readonly "timestamp-ms": number;
}

/** One `vN.metadata.json`. Members that are not named here (statistics, …) are carried along untouched. */
export interface TableMetadata {
  readonly "format-version": 2;
  readonly "table-uuid": string;
  readonly location: string;
  readonly "last-sequence-number": number;
  readonly "last-updated-ms": number;
  readonly "last-column-id": number;
  readonly "current-schema-id": number;
  readonly schemas: readonly Schema[];
  readonly "default-spec-id": number;
  readonly "partition-specs": readonly PartitionSpec[];
  readonly "last-partition-id": number;
  readonly "default-sort-order-id": number;
  readonly "sort-orders": readonly SortOrder[];
  readonly properties: Readonly<Record<string, string>>;
  /** Left out while the table is empty; -1 and null of other writers are read as that. */
  readonly "current-snapshot-id"?: Int64;
  readonly refs: Readonly<Record<string, SnapshotReference>>;
  readonly snapshots: readonly Snapshot[];
  readonly "snapshot-log": readonly SnapshotLogEntry[];
  readonly "metadata-log": readonly MetadataLogEntry[];
}

/** What must be true of the table for a commit to apply (REST spec, `TableRequirement`). */
export type TableRequirement =
  | { readonly type: "assert-create" }
  | { readonly type: "assert-table-uuid"; readonly uuid: string }
  | {
      readonly type: "assert-ref-snapshot-id";
      readonly ref: string;
      /** null: the reference must not exist. */
      readonly "snapshot-id": Int64 | null;
    }
  | { readonly type: "assert-current-schema-id"; readonly "current-schema-id": number }
  | { readonly type: "assert-last-assigned-field-id"; readonly "last-assigned-field-id": number };

/** One step of a commit (REST spec, `TableUpdate`). */
export type TableUpdate =
  | { readonly action: "add-schema"; readonly schema: Schema; readonly "last-column-id": number }
  /** -1: the schema that this commit added last. */
  | { readonly action: "set-current-schema"; readonly "schema-id": number }
  | { readonly action: "add-snapshot"; readonly snapshot: Snapshot }
  | ({ readonly action: "set-snapshot-ref"; readonly "ref-name": string } & SnapshotReference)
  | { readonly action: "remove-snapshots"; readonly "snapshot-ids": readonly Int64[] }
  | { readonly action: "set-properties"; readonly updates: Readonly<Record<string, string>> }
  | { readonly action: "remove-properties"; readonly removals: readonly string[] };

type Id = number | bigint;
/** A primitive is its name. */
export type Type = string | StructType | ListType;
/** As the spec has it. */
export interface Field {
  readonly id: number;
  readonly name: string;
  readonly required: boolean;
  readonly type: Type;
}
interface StructType {
  readonly type: "struct";
  readonly fields: readonly Field[];
}
interface ListType {
  readonly type: "list";
  readonly "element-id": number;
  readonly element: Type;
}
interface Schema extends StructType {
  readonly "schema-id": number;
}
interface Snapshot {
  readonly "snapshot-id": Id;
  readonly "sequence-number": number;
  readonly "parent-snapshot-id"?: Id;
  readonly "timestamp-ms": number;
}
interface Reference {
  readonly type: string;
  readonly "snapshot-id": Id;
}
/** As the spec has it. */
export interface SourceField {
  readonly "source-id": number | undefined;
  readonly [member: string]: unknown;
}

/** A table's metadata, as much as the server looks at. */
export interface ServedMetadata {
  readonly "table-uuid": string;
  readonly location: string;
  readonly schemas: readonly Schema[];
  readonly "current-schema-id": number;
  readonly "last-column-id": number;
  readonly "last-sequence-number": number;
  readonly "last-updated-ms": number;
  readonly "partition-specs": readonly { readonly fields: readonly SourceField[] }[];
  readonly "sort-orders": readonly { readonly fields: readonly SourceField[] }[];
  readonly properties: Readonly<Record<string, string>>;
  readonly "current-snapshot-id": Id;
  readonly refs: Readonly<Record<string, Reference>>;
  readonly snapshots: readonly Snapshot[];
  readonly "snapshot-log": readonly { readonly "snapshot-id": Id; readonly "timestamp-ms": number }[];
  readonly "metadata-log": readonly { readonly "metadata-file": string; readonly "timestamp-ms": number }[];
}

/** A table as the server keeps it. */
export interface ServedTable {
  readonly metadata: ServedMetadata;
  readonly location: string;
}

/** The body of `createTable`. */
export interface CreateBody {
  readonly name: string;
  readonly schema: Schema;
  readonly "partition-spec": { readonly "spec-id": number; readonly fields: readonly SourceField[] };
  readonly "write-order": { readonly "order-id": number; readonly fields: readonly SourceField[] };
  readonly properties: Readonly<Record<string, string>>;
}

/** As the spec has it. */
export interface Requirement {
  readonly type: string;
  readonly uuid?: string;
  readonly ref?: string;
  readonly "snapshot-id"?: Id | null;
  readonly "current-schema-id"?: number;
  readonly "last-assigned-field-id"?: number;
}
/** One step of a commit. */
export type Update =
  | { readonly action: "add-schema"; readonly schema: Schema; readonly "last-column-id": number }
  | { readonly action: "set-current-schema"; readonly "schema-id": number }
  | { readonly action: "add-snapshot"; readonly snapshot: Snapshot }
  | ({ readonly action: "set-snapshot-ref"; readonly "ref-name": string } & Reference)
  | { readonly action: "remove-snapshots"; readonly "snapshot-ids": readonly Id[] }
  | { readonly action: "set-properties"; readonly updates: Readonly<Record<string, string>> }
  | { readonly action: "remove-properties"; readonly removals: readonly string[] };

/** The body of `commitTable`. */
export interface CommitBody {
  readonly requirements: readonly Requirement[];
  readonly updates: readonly Update[];
}

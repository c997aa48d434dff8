import type { Column } from "../core/columns.ts";

/** A Matano directory, read, merged and checked. Durations are milliseconds. */
export interface Config {
  /** Absolute path of the Matano directory. */
  readonly dir: string;
  readonly lake: LakeConfig;
  /** `label` is a part of the names of secrets in AWS. */
  readonly secrets: { readonly store: "local" | "aws" | "ssm"; readonly label: string };
  readonly pull: PullConfig;
  /** Sorted by name. */
  readonly logSources: readonly LogSource[];
  /** What is worth a look but stops nothing, one line each: `file:line:column: message`. */
  readonly warnings: readonly string[];
}

export interface LakeConfig {
  /** An absolute folder, or `s3://bucket/prefix`. */
  readonly warehouse: string;
  readonly database: string;
  readonly catalog: CatalogConfig;
}

/** What says which metadata file of a table is the current one. */
export type CatalogConfig =
  | { readonly type: "folder" }
  /** `catalogId`: the account whose Data Catalog it is; what is absent is left to the AWS SDK. */
  | { readonly type: "glue"; readonly region?: string; readonly catalogId?: string }
  | RestCatalogConfig;

/** An Iceberg REST catalog. Its secrets are in the environment. */
export interface RestCatalogConfig {
  readonly type: "rest";
  /** Without the `/v1` of its paths. */
  readonly uri: string;
  readonly warehouse?: string;
  readonly prefix?: string;
  readonly auth: "none" | "bearer" | "oauth2" | "sigv4";
  readonly oauth2?: { readonly tokenUri?: string; readonly scope?: string; readonly clientId?: string };
  readonly sigv4?: { readonly service: string; readonly region: string };
}

export interface PullConfig {
  readonly intervalMs: number;
  readonly lookBackMs: number;
  readonly backfillMs: number;
  readonly holdAfter429Ms: number;
  /** How long a table may go without a good pull before it counts as failing. */
  readonly failingAfterMs: number;
}

/** One Duo account, or the child accounts of one managed service provider. */
export interface LogSource {
  readonly name: string;
  /** Lower case, no scheme, no port. */
  readonly apiHostname: string;
  readonly integrationKey: string;
  readonly adminStream: "auto" | "v1" | "activity";
  /** The child accounts to pull, by id; the keys are then those of an Accounts API application. Absent: the account itself. */
  readonly accounts?: "all" | readonly string[];
  /** In the order of the registry. */
  readonly tables: readonly TableConfig[];
}

export interface TableConfig {
  /** The short name: `auth`. */
  readonly name: string;
  /** The name in the lake: `duo_auth`. */
  readonly resolvedName: string;
  /** The table's own columns and what the directory adds, nested, `ts` first. */
  readonly columns: readonly Column[];
  /** Texts for people; the table's win over its log source's. */
  readonly meta?: { readonly displayName?: string; readonly description?: string };
}

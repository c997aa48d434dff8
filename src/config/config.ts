import type { Column } from "../core/columns.ts";

/** A Matano directory, read, merged and checked. Durations are milliseconds. */
export interface Config {
  /** Absolute path of the Matano directory. */
  readonly dir: string;
  readonly lake: LakeConfig;
  readonly secrets: { readonly store: "local" | "aws" };
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
  readonly catalog: { readonly type: "folder" | "glue" | "rest" };
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

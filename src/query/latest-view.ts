import { hasColumn } from "../core/has-column.ts";
import type { LakeTable } from "../lake/lake.ts";
import { identifier } from "../lake/parquet/duckdb-types.ts";

/** Tables of events that Duo changes later end so; each version is a row (docs/decisions/0011-versions-of-trust-monitor.md). */
const VERSIONED = "_trust_monitor";
const ID_PATH = ["event", "id"];
const ORDER_PATHS = [
  ["event", "created"],
  ["duo", "trust_monitor", "state_updated_timestamp"],
  ["event", "hash"],
];
const ACCOUNT_PATH = ["cloud", "account", "id"];

/**
 * Gives the view that shows each event of a table once, as the version that was fetched last; of versions fetched in the same
 * moment the one whose state changed last, then the one with the greatest identity. An event without an id stands for itself.
 *
 * @returns its name, `<table>_latest`, and its query in DuckDB's SQL; undefined where the table has no versions
 */
export function latestView({
  name,
  columns,
}: Pick<LakeTable, "name" | "columns">): { readonly name: string; readonly sql: string } | undefined {
  const needed = [ID_PATH, ...ORDER_PATHS];
  if (!name.endsWith(VERSIONED) || !needed.every((path) => hasColumn(columns, path))) return undefined;
  const owner = hasColumn(columns, ACCOUNT_PATH) ? [sqlOf(ACCOUNT_PATH)] : [];
  const id = `coalesce(${sqlOf(ID_PATH)}, ${sqlOf(["event", "hash"])})`;
  const order = ORDER_PATHS.map((path) => `${sqlOf(path)} DESC NULLS LAST`).join(", ");
  const rank = `row_number() OVER (PARTITION BY ${[...owner, id].join(", ")} ORDER BY ${order})`;
  return { name: `${name}_latest`, sql: `SELECT * FROM ${identifier(name)} QUALIFY ${rank} = 1` };
}

function sqlOf(path: readonly string[]): string {
  return path.map(identifier).join(".");
}

import { DuolakeError } from "../../core/errors.ts";
import type { Leaf } from "../spec/schema.ts";
import { leavesOf } from "../spec/schema.ts";
import { truncateLower, truncateLowerBytes, truncateUpper, truncateUpperBytes } from "../spec/truncate.ts";
import type { Int64, NestedField } from "../spec/types.ts";
import { boundBytes } from "../spec/values.ts";
import { identifier } from "./duckdb-types.ts";

/** `write.metadata.metrics.default=truncate(16)` */
const BOUND_LENGTH_MAX = 16;

/** What `COPY … (RETURN_STATS)` says about one leaf of a file, as text. */
export type ColumnStatistics = readonly {
  readonly key: string;
  readonly value: readonly { readonly key: string; readonly value: string }[];
}[];

export interface Metrics {
  readonly column_sizes: Map<number, Int64>;
  readonly value_counts: Map<number, Int64>;
  readonly null_value_counts: Map<number, Int64>;
  readonly nan_value_counts: Map<number, Int64>;
  readonly lower_bounds: Map<number, Uint8Array>;
  readonly upper_bounds: Map<number, Uint8Array>;
}

/** Turns DuckDB's statistics of a file into Iceberg's metrics; made once for a schema. */
export function metricsOf(fields: readonly NestedField[]): (statistics: ColumnStatistics) => Metrics {
  const leaves = new Map(leavesOf(fields).map((leaf) => [leaf.path.map(identifier).join("."), leaf]));
  return (statistics) => {
    const metrics = emptyMetrics();
    for (const { key, value } of statistics) {
      const leaf = leaves.get(key);
      if (leaf === undefined) {
        // A column that nobody can place would mean that the file is not what the schema says.
        throw new DuolakeError(
          "internal",
          `Cannot use the statistics of a Parquet file: no column has the path ${key}`,
        );
      }
      addLeaf(metrics, leaf, new Map(value.map((item) => [item.key, item.value])));
    }
    return metrics;
  };
}

function emptyMetrics(): Metrics {
  return {
    column_sizes: new Map(),
    value_counts: new Map(),
    null_value_counts: new Map(),
    nan_value_counts: new Map(),
    lower_bounds: new Map(),
    upper_bounds: new Map(),
  };
}

function addLeaf(metrics: Metrics, leaf: Leaf, text: ReadonlyMap<string, string>): void {
  const count = (to: Map<number, Int64>, from: string): void => {
    const value = text.get(from);
    if (value !== undefined) to.set(leaf.id, Number(value));
  };
  count(metrics.column_sizes, "column_size_bytes");
  count(metrics.value_counts, "num_values");
  count(metrics.null_value_counts, "null_count");
  if (text.get("has_nan") === "false") metrics.nan_value_counts.set(leaf.id, 0);
  // With a NaN in the column DuckDB's bounds leave it out; below a list Iceberg has none.
  if (leaf.repeated || text.get("has_nan") === "true") return;
  const lower = boundOf(leaf.type, text.get("min"), "lower");
  const upper = boundOf(leaf.type, text.get("max"), "upper");
  if (lower !== undefined) metrics.lower_bounds.set(leaf.id, lower);
  if (upper !== undefined) metrics.upper_bounds.set(leaf.id, upper);
}

/**
 * DuckDB cuts long texts at 256 bytes, perhaps inside a code point and without raising the upper one. That is
 * harmless only because 16 code points are fewer bytes than that, so a cut text is always cut again here.
 */
function boundOf(type: string, text: string | undefined, side: "lower" | "upper"): Uint8Array | undefined {
  if (text === undefined) return undefined;
  if (type === "string") {
    const cut =
      side === "lower" ? truncateLower(text, BOUND_LENGTH_MAX) : truncateUpper(text, BOUND_LENGTH_MAX);
    return cut === undefined ? undefined : boundBytes(type, cut, side);
  }
  const bytes = boundBytes(type, text, side);
  if (type !== "binary" || bytes === undefined) return bytes;
  return side === "lower"
    ? truncateLowerBytes(bytes, BOUND_LENGTH_MAX)
    : truncateUpperBytes(bytes, BOUND_LENGTH_MAX);
}

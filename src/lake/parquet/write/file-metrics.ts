import type { Metrics } from "../metrics.ts";
import type { ColumnChunk } from "./column-chunk.ts";
import type { LeafShape } from "./row-shape.ts";
import type { LeafValue } from "./leaf-type.ts";

/** Iceberg's metrics of a file, by field id (spec, "Manifests", `data_file`). */
export function fileMetrics(groups: readonly (readonly ColumnChunk[])[]): Metrics {
  const metrics: Metrics = {
    column_sizes: new Map(),
    value_counts: new Map(),
    null_value_counts: new Map(),
    nan_value_counts: new Map(),
    lower_bounds: new Map(),
    upper_bounds: new Map(),
  };
  for (const [index, { leaf }] of (groups[0] ?? []).entries()) {
    const chunks = groups.map((group) => group[index] as ColumnChunk);
    const total = (of: (chunk: ColumnChunk) => number): number =>
      chunks.reduce((sum, chunk) => sum + of(chunk), 0);
    metrics.column_sizes.set(
      leaf.id,
      total(({ sizeBytes }) => sizeBytes),
    );
    metrics.value_counts.set(
      leaf.id,
      total(({ entryCount }) => entryCount),
    );
    metrics.null_value_counts.set(
      leaf.id,
      total(({ nullCount }) => nullCount),
    );
    // A row has no NaN: JSON has none.
    if (leaf.typeName === "float" || leaf.typeName === "double") metrics.nan_value_counts.set(leaf.id, 0);
    addBounds(metrics, leaf, chunks);
  }
  return metrics;
}

/** Below a list Iceberg has no bounds. */
function addBounds(metrics: Metrics, leaf: LeafShape, chunks: readonly ColumnChunk[]): void {
  if (leaf.repetitionMax > 0) return;
  const ranges = chunks.flatMap(({ range }) => range ?? []);
  const [first] = ranges;
  if (first === undefined) return;
  const { compare, bound } = leaf.type;
  const furthest = (values: readonly LeafValue[], sign: number): LeafValue =>
    values.reduce((best, value) => (compare(value, best) * sign > 0 ? value : best));
  const lower = bound(
    furthest(
      ranges.map(({ min }) => min),
      -1,
    ),
    "lower",
  );
  const upper = bound(
    furthest(
      ranges.map(({ max }) => max),
      1,
    ),
    "upper",
  );
  if (lower !== undefined) metrics.lower_bounds.set(leaf.id, lower);
  if (upper !== undefined) metrics.upper_bounds.set(leaf.id, upper);
}

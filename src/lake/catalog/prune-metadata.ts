import type { TableMetadata } from "../spec/types.ts";
import type { Store } from "../store/store.ts";

/**
 * Removes the metadata files that fell out of the log (`write.metadata.delete-after-commit.enabled`). Best effort:
 * a file that stays is an orphan and harms nothing, a failure here must not make a done commit look failed.
 */
export async function pruneMetadata(
  store: Store,
  before: TableMetadata,
  after: TableMetadata,
): Promise<void> {
  if (after.properties["write.metadata.delete-after-commit.enabled"] !== "true") return;
  const kept = new Set(after["metadata-log"].map((entry) => entry["metadata-file"]));
  const dropped = before["metadata-log"].filter((entry) => !kept.has(entry["metadata-file"]));
  for (const entry of dropped) await store.remove(entry["metadata-file"]).catch(() => {});
}

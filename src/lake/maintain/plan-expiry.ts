import { numberProperty } from "../spec/metadata.ts";
import type { Int64, Snapshot, TableMetadata } from "../spec/types.ts";

const DAY_MS = 86_400_000;

/**
 * The snapshots that may be taken out of a table's history (spec, "Snapshot Retention Policy"). Pure.
 *
 * Of each branch stay the newest `history.expire.min-snapshots-to-keep` snapshots, and those that were its current one within
 * `history.expire.max-snapshot-age-ms`, so that whoever reads one has that long for it; a branch may say otherwise for itself. What a tag names stays, and so do branches
 * and tags themselves. What no branch leads to stays until it is that old. With `gc.enabled=false` all stay.
 *
 * @param nowMs ms since 1970
 */
export function planExpiry(metadata: TableMetadata, nowMs: number): readonly Snapshot[] {
  const { snapshots, properties, refs } = metadata;
  if (properties["gc.enabled"] === "false") return [];
  const ageMsMax = numberProperty(properties, {
    key: "history.expire.max-snapshot-age-ms",
    fallback: 5 * DAY_MS,
  });
  const countMin = numberProperty(properties, { key: "history.expire.min-snapshots-to-keep", fallback: 1 });
  const byId = new Map(snapshots.map((snapshot) => [snapshot["snapshot-id"], snapshot]));
  const kept = new Set<Int64>();
  const reached = new Set<Int64>();
  for (const reference of Object.values(refs)) {
    kept.add(reference["snapshot-id"]);
    if (reference.type === "tag") continue;
    const oldestMs = nowMs - (reference["max-snapshot-age-ms"] ?? ageMsMax);
    const count = reference["min-snapshots-to-keep"] ?? countMin;
    let supersededMs = Infinity;
    for (const [index, snapshot] of lineOf(byId, reference["snapshot-id"]).entries()) {
      reached.add(snapshot["snapshot-id"]);
      if (index < count || supersededMs >= oldestMs) kept.add(snapshot["snapshot-id"]);
      supersededMs = snapshot["timestamp-ms"];
    }
  }
  return snapshots.filter((snapshot) => {
    const id = snapshot["snapshot-id"];
    return !kept.has(id) && (reached.has(id) || snapshot["timestamp-ms"] < nowMs - ageMsMax);
  });
}

/** A snapshot and those before it, as far as the table knows them, the newest first. */
function lineOf(byId: ReadonlyMap<Int64, Snapshot>, id: Int64): readonly Snapshot[] {
  const line = new Set<Snapshot>();
  let next = byId.get(id);
  // Damaged metadata may go round in a circle.
  while (next !== undefined && !line.has(next)) {
    line.add(next);
    const parent = next["parent-snapshot-id"];
    next = parent === undefined ? undefined : byId.get(parent);
  }
  return [...line];
}

import { expect } from "vitest";
import type { Loaded } from "../../../src/lake/catalog/catalog.ts";

/** Sequence numbers count up by one, and every snapshot's parent is the one before it. */
export function checkHistory({ metadata }: Loaded): void {
  const { snapshots } = metadata;
  expect(snapshots.map((snapshot) => snapshot["sequence-number"])).toEqual(snapshots.map((_, i) => i + 1));
  for (const [index, snapshot] of snapshots.entries()) {
    expect(snapshot["parent-snapshot-id"]).toBe(snapshots[index - 1]?.["snapshot-id"]);
  }
  expect(metadata["last-sequence-number"]).toBe(snapshots.length);
  expect(metadata["snapshot-log"].map((entry) => entry["snapshot-id"])).toEqual(
    snapshots.map((snapshot) => snapshot["snapshot-id"]),
  );
}

import { failedRequirement } from "../spec/requirements.ts";
import type { TableMetadata, TableRequirement, TableUpdate } from "../spec/types.ts";
import { applyUpdates } from "../spec/updates.ts";
import type { Loaded } from "./catalog.ts";
import { CommitConflict } from "./catalog.ts";

/**
 * What a commit makes of a table, for the catalogs that apply the updates themselves.
 *
 * @param nowMs the time of the commit, ms since 1970
 * @throws CommitConflict where the base does not meet a requirement
 */
export function nextMetadata(
  base: Loaded,
  change: {
    readonly requirements: readonly TableRequirement[];
    readonly updates: readonly TableUpdate[];
    readonly nowMs: number;
  },
): TableMetadata {
  const failed = failedRequirement(base.metadata, change.requirements);
  if (failed !== undefined) throw new CommitConflict(`${failed.type} is not met`);
  const { metadata, metadataLocation } = base;
  return applyUpdates(metadata, change.updates, { metadataLocation, nowMs: change.nowMs });
}

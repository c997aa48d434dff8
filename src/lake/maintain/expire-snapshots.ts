import { throwIfStopped } from "../../core/clock.ts";
import { retryDelayMs } from "../append/backoff.ts";
import type { CommitTools } from "../append/commit-change.ts";
import type { Loaded } from "../catalog/catalog.ts";
import { CommitConflict, CommitUnknown } from "../catalog/catalog.ts";
import type { Snapshot, TableRequirement } from "../spec/types.ts";
import { planExpiry } from "./plan-expiry.ts";
import { unreachedFiles } from "./unreached-files.ts";

/** What an expiry did, or would do. */
export interface Expiry {
  readonly snapshotCount: number;
  /** Data files that were removed, because only those snapshots held them. */
  readonly dataFileCount: number;
  /** Manifest lists and manifests that were removed. */
  readonly metadataFileCount: number;
}

const ATTEMPT_COUNT_MAX = 5;
const NOTHING: Expiry = { snapshotCount: 0, dataFileCount: 0, metadataFileCount: 0 };

/**
 * Takes old snapshots out of a table's history, in one commit, and removes what only they reached (docs/spec/maintain.md, M4). What can be
 * removed is found out before the commit, and removed after it; where the answer to the commit is lost nothing is, and the
 * files are orphans. Where others are first every time nothing is done: they come again the next day.
 *
 * @throws lake_*, stopped
 */
export async function expireSnapshots(
  tools: CommitTools,
  options: { readonly name: string; readonly isDryRun: boolean; readonly signal: AbortSignal | undefined },
): Promise<Expiry> {
  const { store, catalog, clock } = tools;
  for (let attempt = 0; attempt < ATTEMPT_COUNT_MAX; attempt += 1) {
    throwIfStopped(options.signal);
    const base = await catalog.load(options.name);
    const removed = base === undefined ? [] : planExpiry(base.metadata, clock.nowMs());
    if (base === undefined || removed.length === 0) return NOTHING;
    const files = await filesBelow(tools, base, removed).catch((error: unknown) =>
      movedOn(tools, base, error),
    );
    if (files === undefined) continue;
    const expiry: Expiry = {
      snapshotCount: removed.length,
      dataFileCount: files.data.length,
      metadataFileCount: files.metadata.length,
    };
    if (options.isDryRun) return expiry;
    try {
      const ids = removed.map((snapshot) => snapshot["snapshot-id"]);
      const update = { action: "remove-snapshots", "snapshot-ids": ids } as const;
      const { metadata } = await catalog.commit(base, requirementsOf(base), [update]);
      // A server may keep what was named by somebody else at the same moment.
      if (metadata.snapshots.some((snapshot) => ids.includes(snapshot["snapshot-id"]))) return NOTHING;
      for (const path of [...files.data, ...files.metadata]) await store.remove(path);
      return expiry;
    } catch (error) {
      if (error instanceof CommitUnknown) return { ...NOTHING, snapshotCount: removed.length };
      if (!(error instanceof CommitConflict)) throw error;
    }
    await clock.sleep(retryDelayMs(attempt), options.signal);
  }
  return NOTHING;
}

/**
 * A commit may take snapshots out of the history while their files are read. Then the table is another by now, and the work is
 * begun anew; otherwise something is missing in truth.
 */
async function movedOn({ catalog }: CommitTools, base: Loaded, error: unknown): Promise<undefined> {
  if ((await catalog.refresh(base)) === base) throw error;
  return undefined;
}

/** What may go, but for files that lie outside the table's folder: only their owner knows who else reads them. */
async function filesBelow(
  { store }: CommitTools,
  { metadata }: Loaded,
  removed: readonly Snapshot[],
): ReturnType<typeof unreachedFiles> {
  const gone = new Set(removed);
  const kept = metadata.snapshots.filter((snapshot) => !gone.has(snapshot));
  const files = await unreachedFiles(store, { removed, kept });
  const isInside = (path: string): boolean => path.startsWith(`${metadata.location}/`);
  return { data: files.data.filter(isInside), metadata: files.metadata.filter(isInside) };
}

/** No branch or tag moved or came since. */
function requirementsOf({ metadata }: Loaded): readonly TableRequirement[] {
  return [
    { type: "assert-table-uuid", uuid: metadata["table-uuid"] },
    ...Object.entries(metadata.refs).map(([ref, reference]): TableRequirement => ({
      type: "assert-ref-snapshot-id",
      ref,
      "snapshot-id": reference["snapshot-id"],
    })),
  ];
}

import type { Clock } from "../../core/clock.ts";
import { throwIfStopped } from "../../core/clock.ts";
import { DuolakeError } from "../../core/errors.ts";
import type { Catalog, Loaded } from "../catalog/catalog.ts";
import { CommitConflict, CommitUnknown } from "../catalog/catalog.ts";
import type { TableChange } from "../lake.ts";
import { currentManifests } from "../read-manifests.ts";
import { invalid } from "../spec/metadata.ts";
import type { TableUpdate } from "../spec/types.ts";
import { entryOf } from "../staged-file.ts";
import type { Store } from "../store/store.ts";
import { retryDelayMs } from "./backoff.ts";
import { mergeManifests } from "./merge-manifests.ts";
import { expiredHistory, removeExpired } from "./expire-history.ts";
import type { PreparedAppend } from "./prepare.ts";
import { prepareAppend } from "./prepare.ts";
import { requirementsOf, stageAppend } from "./stage.ts";

const ATTEMPT_COUNT_MAX = 30;

export interface CommitTools {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly clock: Clock;
}

/**
 * Commits one change to a table, again and again on whatever the table has become, until it is in or cannot be
 * (docs/spec/commit.md, C5-C9).
 *
 * Written once: the manifest of the new files. Written for each attempt: the manifest list, because it holds the
 * sequence number. After a lost answer nothing is deleted; the reloaded table tells whether our snapshot is there.
 */
export async function commitChange(
  tools: CommitTools,
  options: { readonly base: Loaded; readonly change: TableChange; readonly signal: AbortSignal | undefined },
): Promise<Loaded> {
  const { change, signal } = options;
  const files = change.files ?? [];
  let base = options.base;
  let append: PreparedAppend | undefined;
  let unknown = false;
  try {
    for (let attempt = 0; attempt < ATTEMPT_COUNT_MAX; attempt += 1) {
      throwIfStopped(signal);
      const state = stateOf(base, { change, append });
      if (state === "landed") return base;
      if (state === "made") {
        // Another process made the very same change, so our copies of its files belong to nobody.
        if (!unknown) await removeAll(tools.store, [...pathsOf(append), ...files.map((file) => file.path)]);
        return base;
      }
      if (files.length > 0) append ??= await prepareAppend(tools.store, base, files.map(entryOf));
      const outcome = await tryOnce(tools, { base, attempt, change, append });
      if (typeof outcome === "object") return outcome;
      unknown ||= outcome === "unknown";
      await tools.clock.sleep(retryDelayMs(attempt), signal);
      base = await reload(tools.catalog, base);
    }
    throw new DuolakeError(
      "lake_commit_conflict",
      `Cannot commit to table ${base.name}: other commits were first every time, got ${ATTEMPT_COUNT_MAX} conflicts`,
      { retryable: true },
    );
  } catch (error) {
    if (!unknown) await removeAll(tools.store, pathsOf(append));
    throw error;
  }
}

/**
 * What the table says about a change: `landed` our own commit is in it, `made` the fence says that somebody
 * made it, `open` it can be tried.
 *
 * @throws cursor_moved where the fence is at neither end
 */
function stateOf(
  { name, metadata }: Loaded,
  commitment: { readonly change: TableChange; readonly append: PreparedAppend | undefined },
): "landed" | "made" | "open" {
  const { append } = commitment;
  const { key, from, to } = commitment.change.compareAndSet;
  if (append !== undefined && metadata.snapshots.some((item) => item["snapshot-id"] === append.snapshotId)) {
    return "landed";
  }
  const value = metadata.properties[key];
  if (value === from) return "open";
  if (value === to) return "made";
  throw new DuolakeError(
    "cursor_moved",
    `Cannot commit to table ${name}: another writer moved ${key} first, got ${value ?? "no such property"}`,
    { retryable: true },
  );
}

async function tryOnce(
  tools: CommitTools,
  options: {
    readonly base: Loaded;
    readonly attempt: number;
    readonly change: TableChange;
    readonly append: PreparedAppend | undefined;
  },
): Promise<Loaded | "conflict" | "unknown"> {
  const { store, catalog, clock } = tools;
  const { base, attempt, change, append } = options;
  const properties = { ...change.setProperties, [change.compareAndSet.key]: change.compareAndSet.to };
  const written: string[] = [];
  try {
    if (append === undefined) {
      const updates: TableUpdate[] = [{ action: "set-properties", updates: properties }];
      return await catalog.commit(base, requirementsOf(base), updates);
    }
    const merged = await mergeManifests(store, {
      metadata: base.metadata,
      manifests: await currentManifests(store, base.metadata),
      snapshotId: append.snapshotId,
      sequenceNumber: base.metadata["last-sequence-number"] + 1,
    });
    written.push(...merged.written);
    const staged = stageAppend({
      base,
      append,
      attempt,
      properties,
      manifests: merged.manifests,
      nowMs: clock.nowMs(),
      summary: change.summary ?? {},
    });
    written.push(staged.list.path);
    await store.writeNew(staged.list.path, staged.list.bytes);
    const expired = expiredHistory(base.metadata);
    const removed = (expired?.removed ?? []).map((snapshot) => snapshot["snapshot-id"]);
    const committed = await catalog.commit(base, staged.requirements, [
      ...staged.updates,
      ...(removed.length === 0 ? [] : [{ action: "remove-snapshots", "snapshot-ids": removed } as const]),
    ]);
    if (expired !== undefined) await removeExpired(store, expired);
    return committed;
  } catch (error) {
    if (error instanceof CommitUnknown) return "unknown";
    await removeAll(store, written);
    if (error instanceof CommitConflict) return "conflict";
    throw error;
  }
}

async function reload(catalog: Catalog, { name, metadataLocation }: Loaded): Promise<Loaded> {
  // A full load, not `refresh`: that one trusts a base which may be older than what was pruned.
  const loaded = await catalog.load(name);
  if (loaded === undefined) throw invalid(metadataLocation, "the table is gone");
  return loaded;
}

function pathsOf(append: PreparedAppend | undefined): readonly string[] {
  return append === undefined ? [] : [append.manifestPath];
}

/** Best effort: what stays is an orphan that no snapshot names. */
async function removeAll(store: Store, paths: readonly string[]): Promise<void> {
  await Promise.all(paths.map((path) => store.remove(path).catch(() => {})));
}

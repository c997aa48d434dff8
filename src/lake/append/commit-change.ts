import type { Clock } from "../../core/clock.ts";
import { throwIfStopped } from "../../core/clock.ts";
import { DuolakeError } from "../../core/errors.ts";
import type { Catalog, Loaded } from "../catalog/catalog.ts";
import { CommitConflict, CommitUnknown } from "../catalog/catalog.ts";
import type { TableChange } from "../lake.ts";
import { currentManifests } from "../read-manifests.ts";
import { invalid } from "../spec/metadata.ts";
import { entryOf, keepFromDiscard } from "../staged-file.ts";
import type { Store } from "../store/store.ts";
import { retryDelayMs } from "./backoff.ts";
import { changeState, makesSnapshot } from "./change-state.ts";
import { checkChange } from "./check-change.ts";
import { expiredHistory, removeExpired } from "./expire-history.ts";
import { mergeManifests } from "./merge-manifests.ts";
import type { PreparedSnapshot } from "./prepare.ts";
import { prepareSnapshot } from "./prepare.ts";
import type { StagedAttempt } from "./stage.ts";
import { propertyUpdates, requirementsOf, stageSnapshot } from "./stage.ts";
import { takeOut } from "./take-out.ts";

const ATTEMPT_COUNT_MAX = 30;

export interface CommitTools {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly clock: Clock;
}

/**
 * Commits one change to a table, again and again on whatever the table has become, until it is in or cannot be
 * (docs/spec/commit.md, C5-C9, C18).
 *
 * Written once: the manifest of the new files. Written for each attempt: the manifests that lose a file, and the
 * manifest list, because it holds the sequence number. After a lost answer nothing is deleted; the reloaded table
 * tells whether our snapshot is there.
 */
export async function commitChange(
  tools: CommitTools,
  options: { readonly base: Loaded; readonly change: TableChange; readonly signal: AbortSignal | undefined },
): Promise<Loaded> {
  const { change, signal } = options;
  checkChange(change);
  const files = change.files ?? [];
  // Where nothing but the properties says that the change is made, an old base would say it wrongly.
  const isFenced = makesSnapshot(change) || change.compareAndSet !== undefined;
  let base = isFenced ? options.base : await reload(tools.catalog, options.base);
  let prepared: PreparedSnapshot | undefined;
  let unknown = false;
  try {
    for (let attempt = 0; attempt < ATTEMPT_COUNT_MAX; attempt += 1) {
      throwIfStopped(signal);
      const state = changeState(base, { change, snapshotId: prepared?.snapshotId });
      if (state === "landed") return base;
      if (state === "made") {
        // Another process made the very same change, so our copies of its files belong to nobody.
        if (!unknown) await removeAll(tools.store, [...pathsOf(prepared), ...files.map((file) => file.path)]);
        return base;
      }
      if (makesSnapshot(change)) {
        prepared ??= await prepareSnapshot(tools.store, base, files.map(entryOf));
      }
      const outcome = await tryOnce(tools, { base, attempt, change, prepared });
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
    // What may be in the table belongs to it, also where the caller gives up on the change.
    if (unknown) keepFromDiscard(files);
    else await removeAll(tools.store, pathsOf(prepared));
    throw error;
  }
}

interface Attempt {
  readonly base: Loaded;
  readonly attempt: number;
  readonly change: TableChange;
  /** Undefined where only properties are set. */
  readonly prepared: PreparedSnapshot | undefined;
}

async function tryOnce(tools: CommitTools, options: Attempt): Promise<Loaded | "conflict" | "unknown"> {
  const { store, catalog } = tools;
  const { base, change, prepared } = options;
  const written: string[] = [];
  try {
    if (prepared === undefined) {
      return await catalog.commit(base, requirementsOf(base), propertyUpdates(propertiesOf(change)));
    }
    const staged = await stageOnce(tools, { ...options, prepared, written });
    const expired = expiredHistory(base.metadata, tools.clock.nowMs());
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

/** Writes what one attempt needs; `written` gets the paths, also where it fails in the middle. */
async function stageOnce(
  { store, clock }: CommitTools,
  options: Attempt & { readonly prepared: PreparedSnapshot; readonly written: string[] },
): Promise<StagedAttempt> {
  const { base, attempt, change, prepared, written } = options;
  const { metadata } = base;
  const noted: Store = {
    ...store,
    writeNew: (path, bytes) => {
      written.push(path);
      return store.writeNew(path, bytes);
    },
  };
  const snapshot = {
    snapshotId: prepared.snapshotId,
    sequenceNumber: metadata["last-sequence-number"] + 1,
  };
  const { manifests, removed } = await takeOut(noted, {
    ...snapshot,
    base,
    manifests: await currentManifests(store, metadata),
    paths: new Set((change.removed ?? []).map(({ path }) => path)),
  });
  const staged = stageSnapshot({
    base,
    prepared,
    attempt,
    removed,
    operation: change.operation ?? "append",
    properties: propertiesOf(change),
    manifests: await mergeManifests(noted, { ...snapshot, metadata, manifests }),
    nowMs: clock.nowMs(),
    // The fence alone: other properties may be long, and each metadata file would hold them once for each snapshot.
    summary: { ...fenceOf(change), ...change.summary },
  });
  await noted.writeNew(staged.list.path, staged.list.bytes);
  return staged;
}

function propertiesOf(change: TableChange): Readonly<Record<string, string>> {
  return { ...change.setProperties, ...fenceOf(change) };
}

function fenceOf({ compareAndSet }: TableChange): Readonly<Record<string, string>> {
  return compareAndSet === undefined ? {} : { [compareAndSet.key]: compareAndSet.to };
}

async function reload(catalog: Catalog, { name, metadataLocation }: Loaded): Promise<Loaded> {
  // A full load, not `refresh`: that one trusts a base which may be older than what was pruned.
  const loaded = await catalog.load(name);
  if (loaded === undefined) throw invalid(metadataLocation, "the table is gone");
  return loaded;
}

function pathsOf(prepared: PreparedSnapshot | undefined): readonly string[] {
  return prepared?.manifest === undefined ? [] : [prepared.manifest.manifest_path];
}

/** Best effort: what stays is an orphan that no snapshot names. */
async function removeAll(store: Store, paths: readonly string[]): Promise<void> {
  await Promise.all(paths.map((path) => store.remove(path).catch(() => {})));
}

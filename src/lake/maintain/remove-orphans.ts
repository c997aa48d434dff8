import { throwIfStopped } from "../../core/clock.ts";
import type { CommitTools } from "../append/commit-change.ts";
import type { Loaded } from "../catalog/catalog.ts";
import { currentManifests } from "../read-manifests.ts";
import type { TableMetadata } from "../spec/types.ts";
import type { Store, StoreEntry } from "../store/store.ts";
import { dataPathsOf } from "./data-paths-of.ts";
import type { Orphans } from "./maintenance.ts";
import { namedFiles, nameOf } from "./named-files.ts";

/** One run removes so many at most; the next goes on. */
const ORPHAN_COUNT_MAX = 10_000;
const PATH_COUNT_MAX = 1_000;
const ATTEMPT_COUNT_MAX = 3;
/** Other engines may compress them, and put that before or behind. */
const METADATA_FILE = /\.metadata\.json(\.gz)?$/;
const HINT = "version-hint.text";
/** Hadoop's file system puts one beside each file that it writes. */
const CHECKSUM_FILE = /^\.(.+)\.crc$/;

/**
 * Removes files that nothing names and that are older than an age limit from a table's `data` and `metadata` folders: what killed
 * processes left, and metadata files beyond the log (docs/spec/maintain.md, M5). A commit under way has young files only.
 *
 * @param options `ageMsMin`: the age limit, ms; `committedMs`: when the table was last changed, by the clock that files have their time
 *   from; `isDryRun`: finds them only
 * @throws lake_*, stopped
 */
export async function removeOrphans(
  tools: CommitTools,
  options: {
    readonly name: string;
    readonly ageMsMin: number;
    readonly committedMs: number;
    readonly isDryRun: boolean;
    readonly signal: AbortSignal | undefined;
  },
): Promise<Orphans> {
  const { store } = tools;
  const orphans = await findStill(tools, options);
  if (!options.isDryRun) {
    for (const { path } of orphans) {
      throwIfStopped(options.signal);
      await store.remove(path);
    }
  }
  return {
    count: orphans.length,
    sizeBytes: orphans.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    paths: orphans.slice(0, PATH_COUNT_MAX).map(({ path }) => path),
  };
}

/** Commits may remove what is being read, several times in a row where many are made; then the search is begun anew. */
async function findStill(
  tools: CommitTools,
  options: Parameters<typeof findOrphans>[1],
): Promise<readonly StoreEntry[]> {
  for (let attempt = 1; ; attempt += 1) {
    const base = await tools.catalog.load(options.name);
    try {
      return await findOrphans(tools, options);
    } catch (error) {
      const hasMoved = base !== undefined && (await tools.catalog.refresh(base)) !== base;
      if (!hasMoved || attempt === ATTEMPT_COUNT_MAX) throw error;
    }
  }
}

async function findOrphans(
  { store, catalog, clock }: CommitTools,
  options: {
    readonly name: string;
    readonly ageMsMin: number;
    readonly committedMs: number;
    readonly signal: AbortSignal | undefined;
  },
): Promise<readonly StoreEntry[]> {
  const first = await catalog.load(options.name);
  if (first === undefined || first.metadata.properties["gc.enabled"] === "false") return [];
  const keepsMetadata = catalog.keepsMetadata === true;
  const namesOf = async (loaded: Loaded): Promise<ReadonlySet<string>> => {
    const entries = await store.list(`${first.metadata.location}/metadata`);
    const metadataFiles = entries.map(({ path }) => path).filter((path) => METADATA_FILE.test(path));
    return namedFiles(store, { loaded, metadataFiles, keepsMetadata });
  };
  // This machine's clock may be ahead, and then the files of a commit under way would look old.
  const oldestMs = Math.min(clock.nowMs(), options.committedMs) - options.ageMsMin;
  const found: StoreEntry[] = [];
  let current: ReadonlySet<string> | undefined;
  let named: ReadonlySet<string> | undefined;
  for await (const entries of listed(store, first)) {
    throwIfStopped(options.signal);
    const old = entries.filter(({ modifiedAtMs }) => modifiedAtMs < oldestMs);
    if (old.length === 0) continue;
    const live = (current ??= await currentNames(store, first.metadata));
    const suspects = old.filter(({ path }) => !live.has(ownNameOf(path)));
    if (suspects.length === 0) continue;
    const known = (named ??= await namesOf(first));
    found.push(
      ...suspects.filter(({ path }) => isUnnamed(path, { loaded: first, named: known, keepsMetadata })),
    );
    if (found.length >= ORPHAN_COUNT_MAX) break;
  }
  if (found.length === 0) return [];
  // A file may have been committed since the names were read, however old it is.
  const loaded = (await catalog.load(options.name)) ?? first;
  const namedNow = await namesOf(loaded);
  return found
    .filter(({ path }) => isUnnamed(path, { loaded, named: namedNow, keepsMetadata }))
    .slice(0, ORPHAN_COUNT_MAX);
}

/**
 * The names of what the current snapshot reaches. Nearly every old file is one of them, and the history, which is hundreds of lists
 * and manifests, is read for the others alone.
 */
async function currentNames(store: Store, metadata: TableMetadata): Promise<ReadonlySet<string>> {
  const manifests = await currentManifests(store, metadata);
  const data = await dataPathsOf(store, manifests, { withDeleted: false, mayBeMissing: false });
  return new Set([...data, ...manifests.map((manifest) => manifest.manifest_path)].map(nameOf));
}

/** The files of the table's folders, folder by folder: all at once would be too many where nobody cleaned up for years. */
async function* listed(
  store: CommitTools["store"],
  { metadata }: Loaded,
): AsyncGenerator<readonly StoreEntry[]> {
  yield await store.list(`${metadata.location}/metadata`, { deep: true });
  const data = `${metadata.location}/data`;
  yield await store.list(data);
  for (const name of await store.listFolders(data)) yield await store.list(`${data}/${name}`, { deep: true });
}

function isUnnamed(
  path: string,
  {
    loaded,
    named,
    keepsMetadata,
  }: { readonly loaded: Loaded; readonly named: ReadonlySet<string>; readonly keepsMetadata: boolean },
): boolean {
  const name = ownNameOf(path);
  if (name === HINT) return false;
  if (!METADATA_FILE.test(name)) return !named.has(name);
  // A server that writes them knows best what it needs them for.
  if (keepsMetadata) return false;
  // Earlier metadata files name each other. Those beyond the log of the current one are gone for readers; whoever keeps them
  // on purpose has the removal after commits switched off.
  const { metadata, metadataLocation } = loaded;
  if (metadata.properties["write.metadata.delete-after-commit.enabled"] !== "true") return false;
  const version = versionOf(name);
  const current = versionOf(nameOf(metadataLocation));
  if (version === undefined || current === undefined || version >= current) return false;
  return !metadata["metadata-log"].some((entry) => nameOf(entry["metadata-file"]) === name);
}

/** A checksum goes with its file. */
function ownNameOf(path: string): string {
  const name = nameOf(path);
  return CHECKSUM_FILE.exec(name)?.[1] ?? name;
}

/** Other catalogs' names say no version that could be compared. */
function versionOf(name: string): number | undefined {
  const match = /^v(\d+)\.metadata\.json$/.exec(name);
  return match === null ? undefined : Number(match[1]);
}

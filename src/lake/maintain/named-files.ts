import { systemCode } from "../../core/errors.ts";
import { parseJson } from "../../core/json.ts";
import type { Loaded } from "../catalog/catalog.ts";
import { parseMetadata } from "../spec/metadata.ts";
import type { Snapshot, TableMetadata } from "../spec/types.ts";
import type { Store } from "../store/store.ts";
import { dataPathsOf } from "./data-paths-of.ts";
import { manifestsOf } from "./manifests-of.ts";

/**
 * The names, without folders, of all files that a table's metadata names: the current one, every earlier one that still
 * exists, and what their snapshots reach. Names are unique (they hold a UUID), and without folders it does not matter how another
 * engine spells a path (`file:///lake`, `s3a://lake`, through a link); two files of one name only keep each other.
 *
 * @param options `metadataFiles`: all metadata files that there are; `keepsMetadata`: a server writes them, and may have died over one that
 *   never counted: half a file that the table's log does not name says nothing
 * @throws lake_metadata_invalid where something of the current metadata is missing, or any of it is damaged: then nobody can say
 *   what is named
 */
export async function namedFiles(
  store: Store,
  options: {
    readonly loaded: Loaded;
    readonly metadataFiles: readonly string[];
    readonly keepsMetadata: boolean;
  },
): Promise<ReadonlySet<string>> {
  const { loaded, keepsMetadata } = options;
  const logged = new Set(loaded.metadata["metadata-log"].map((entry) => nameOf(entry["metadata-file"])));
  const names = new Set<string>([nameOf(loaded.metadataLocation)]);
  await addSnapshots(store, { names, snapshots: loaded.metadata.snapshots, mayBeMissing: false });
  addTexts(names, loaded.metadata);
  const earlier = new Map<unknown, Snapshot>();
  for (const path of options.metadataFiles) {
    const metadata =
      path === loaded.metadataLocation
        ? undefined
        : await readMetadata(store, path, { mayBeHalf: keepsMetadata && !logged.has(nameOf(path)) });
    if (metadata === undefined) continue;
    addTexts(names, metadata);
    for (const snapshot of metadata.snapshots) earlier.set(snapshot["snapshot-id"], snapshot);
  }
  for (const snapshot of loaded.metadata.snapshots) earlier.delete(snapshot["snapshot-id"]);
  // Of snapshots that expired since the files may be gone, and are when the expiry was not cut short.
  await addSnapshots(store, { names, snapshots: [...earlier.values()], mayBeMissing: true });
  return names;
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

async function addSnapshots(
  store: Store,
  options: {
    readonly names: Set<string>;
    readonly snapshots: readonly Snapshot[];
    readonly mayBeMissing: boolean;
  },
): Promise<void> {
  const { names, snapshots, mayBeMissing } = options;
  const manifests = await manifestsOf(store, snapshots, { mayBeMissing });
  for (const path of manifests.keys()) names.add(nameOf(path));
  const paths = await dataPathsOf(store, manifests.values(), { withDeleted: true, mayBeMissing });
  for (const path of paths) names.add(nameOf(path));
}

/** Every text may be a path: manifest lists, statistics, what later versions of the format bring. */
function addTexts(names: Set<string>, value: unknown): void {
  if (typeof value === "string") names.add(nameOf(value));
  else if (typeof value === "object" && value !== null) {
    for (const member of Object.values(value)) addTexts(names, member);
  }
}

async function readMetadata(
  store: Store,
  path: string,
  { mayBeHalf }: { readonly mayBeHalf: boolean },
): Promise<TableMetadata | undefined> {
  try {
    const text = new TextDecoder().decode(await store.read(path));
    return mayBeHalf && isHalf(text) ? undefined : parseMetadata(text, path);
  } catch (error) {
    // It was pruned meanwhile.
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** JSON that breaks off; something else, compressed for example, is another matter. */
function isHalf(text: string): boolean {
  if (text !== "" && !text.startsWith("{")) return false;
  try {
    parseJson(text);
    return false;
  } catch {
    return true;
  }
}

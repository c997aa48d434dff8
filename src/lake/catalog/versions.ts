import { DuolakeError, systemCode } from "../../core/errors.ts";
import type { Store } from "../store/store.ts";

const FILE = /\/v(\d+)\.metadata\.json$/;
/** As Iceberg's libraries name them with `write.metadata.compression-codec`, now and before. */
const COMPRESSED_FILE = /\/v(\d+)\.(?:gz\.metadata\.json|metadata\.json\.gz)$/;
/** How far a hint may lag before the folder is listed instead of probed file by file. */
const PROBE_COUNT_MAX = 16;

/** The name of a version's metadata file. */
export function metadataFile(location: string, version: number): string {
  return `${location}/metadata/v${version}.metadata.json`;
}

/** The version that a metadata file's name says. */
export function versionOf(path: string): number {
  const match = FILE.exec(path);
  if (match === null) throw new RangeError(`Cannot tell the version of ${path}`);
  return Number(match[1]);
}

/**
 * The highest version there is; undefined where there is no table.
 *
 * @throws lake_format_unsupported where another engine has written a later one, compressed
 * `version-hint.text` is written after the commit and may be stale, missing or garbage; it only says where to
 * start looking. Without it, or where its version was pruned, the folder is listed.
 */
export async function newestVersion(store: Store, location: string): Promise<number | undefined> {
  const hint = await readHint(store, location);
  if (hint === undefined || !(await store.exists(metadataFile(location, hint)))) {
    return listNewest(store, location);
  }
  for (let version = hint; version < hint + PROBE_COUNT_MAX; version += 1) {
    if (!(await store.exists(metadataFile(location, version + 1)))) return version;
  }
  return listNewest(store, location);
}

/** The highest version if it is above the one given, by listing. */
export async function versionAfter(
  store: Store,
  { location, version }: { readonly location: string; readonly version: number },
): Promise<number | undefined> {
  const newest = await listNewest(store, location);
  return newest !== undefined && newest > version ? newest : undefined;
}

/** Writes the hint. Best effort: the table is whole without it. */
export async function writeHint(
  store: Store,
  { location, version }: { readonly location: string; readonly version: number },
): Promise<void> {
  await store.replace(hintFile(location), new TextEncoder().encode(String(version))).catch(() => {});
}

async function readHint(store: Store, location: string): Promise<number | undefined> {
  let text: string;
  try {
    text = new TextDecoder().decode(await store.read(hintFile(location)));
  } catch (error) {
    if (systemCode(error) === "EACCES") throw error;
    return undefined;
  }
  const version = /^\d{1,15}$/.test(text.trim()) ? Number(text) : 0;
  return version > 0 ? version : undefined;
}

async function listNewest(store: Store, location: string): Promise<number | undefined> {
  let newest = 0;
  let compressed = { path: "", version: 0 };
  for (const { path } of await store.list(`${location}/metadata`)) {
    newest = Math.max(newest, Number(FILE.exec(path)?.[1] ?? 0));
    const version = Number(COMPRESSED_FILE.exec(path)?.[1] ?? 0);
    if (version > compressed.version) compressed = { path, version };
  }
  if (compressed.version > newest) throw compressedMetadata(location, compressed.path);
  return newest > 0 ? newest : undefined;
}

/**
 * Refuses to go on from a version after which another engine has written a compressed one: the commit point is that a name appears once,
 * and `v8.metadata.json` beside `v8.gz.metadata.json` would be two.
 *
 * @throws lake_format_unsupported
 */
export async function refuseCompressedNext(
  store: Store,
  { location, version }: { readonly location: string; readonly version: number },
): Promise<void> {
  const path = `${location}/metadata/v${version + 1}.gz.metadata.json`;
  if (await store.exists(path)) throw compressedMetadata(location, path);
}

function compressedMetadata(location: string, path: string): DuolakeError {
  return new DuolakeError(
    "lake_format_unsupported",
    `Cannot use table folder ${location}: another engine compresses its metadata, and then nobody can tell who was first; ` +
      `set its property write.metadata.compression-codec to none there, got ${path.slice(location.length + 1)}`,
  );
}

function hintFile(location: string): string {
  return `${location}/metadata/version-hint.text`;
}

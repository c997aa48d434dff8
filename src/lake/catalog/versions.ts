import { systemCode } from "../../core/errors.ts";
import type { Store } from "../store/store.ts";

const FILE = /\/v(\d+)\.metadata\.json$/;
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
  let newest: number | undefined;
  for (const { path } of await store.list(`${location}/metadata`)) {
    const match = FILE.exec(path);
    if (match !== null) newest = Math.max(newest ?? 0, Number(match[1]));
  }
  return newest;
}

function hintFile(location: string): string {
  return `${location}/metadata/version-hint.text`;
}

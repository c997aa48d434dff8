import { randomUUID } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { link, open, readdir, readFile, realpath, rename, rm, stat, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { systemCode } from "../../core/errors.ts";
import { makeFolder } from "./make-folder.ts";
import type { Store, StoreEntry } from "./store.ts";
import { UnknownOutcome } from "./store.ts";

/** Files in folders of this machine. Paths are absolute. */
export function localStore(): Store {
  return {
    read: (path) => readFile(path),
    writeNew,
    putIfAbsent,
    replace,
    adopt,
    exists,
    listFolders,
    list,
    isSamePlace: async (a, b) => {
      const [x, y] = await Promise.all([a, b].map((path) => realpath(path).catch(() => undefined)));
      return x !== undefined && x === y;
    },
    remove: (path) => rm(path, { force: true }),
  };
}

async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  await writeFileNew(path, { bytes, isDurable: true });
}

/** Writes a new file; on a failure, a full disk most of all, no half of it stays to make things worse. */
async function writeFileNew(
  path: string,
  { bytes, isDurable }: { readonly bytes: Uint8Array; readonly isDurable: boolean },
): Promise<void> {
  const file = await openNew(path);
  try {
    await file.writeFile(bytes);
    if (isDurable) await file.datasync();
  } catch (error) {
    await unlink(path).catch(() => {});
    throw error;
  } finally {
    await file.close();
  }
}

/**
 * The commit point of the folder catalog (docs/spec/commit.md, C1): a finished, synced file gets its name by a hard link.
 *
 * A rename would overwrite the winner, and creating the file under its own name first would leave an empty
 * file that blocks every later commit when the process dies between the two steps.
 */
async function putIfAbsent(path: string, bytes: Uint8Array): Promise<boolean> {
  const temporary = join(dirname(path), `.${randomUUID()}.tmp`);
  await writeNew(temporary, bytes);
  try {
    // What the new file names (manifests, lists) must be durable before the file itself is.
    await syncFolder(dirname(path));
    await link(temporary, path);
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    // After an I/O error or on a network file system the link may be there all the same.
    throw DEFINITE.has(systemCode(error) ?? "") ? error : new UnknownOutcome(path, error);
  } finally {
    await unlink(temporary).catch(() => {});
  }
  try {
    await syncFolder(dirname(path));
  } catch (error) {
    throw new UnknownOutcome(path, error);
  }
  return true;
}

const DEFINITE: ReadonlySet<string> = new Set([
  "ENOSPC",
  "EDQUOT",
  "EACCES",
  "EPERM",
  "EROFS",
  "ENOENT",
  "EMLINK",
  "ENOTSUP",
  "EOPNOTSUPP",
]);

async function replace(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  await writeFileNew(temporary, { bytes, isDurable: false });
  try {
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
}

async function adopt(moves: readonly { readonly from: string; readonly to: string }[]): Promise<void> {
  const folders = new Set<string>();
  await Promise.all(moves.map(({ from }) => syncFile(from)));
  for (const { from, to } of moves) {
    const made = makeFolder(dirname(to));
    if (made !== undefined) folders.add(dirname(made));
    await rename(from, to);
    folders.add(dirname(to));
  }
  await Promise.all(Array.from(folders, syncFolder));
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

async function listFolders(path: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function list(path: string, options: { readonly deep?: boolean } = {}): Promise<StoreEntry[]> {
  let entries;
  try {
    entries = await readdir(path, { withFileTypes: true, recursive: options.deep ?? false });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
  const found: StoreEntry[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const status = await stat(file).catch(() => undefined);
    if (status === undefined) continue;
    found.push({ path: file, sizeBytes: status.size, modifiedAtMs: status.mtimeMs });
  }
  return found;
}

async function openNew(path: string): Promise<FileHandle> {
  try {
    return await open(path, "wx");
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
    makeFolder(dirname(path));
    return open(path, "wx");
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** Makes new names in a folder durable. Some systems cannot open or sync a folder; there the file's own sync must do. */
async function syncFolder(path: string): Promise<void> {
  let folder;
  try {
    folder = await open(path, "r");
  } catch (error) {
    if (systemCode(error) === "EISDIR" || systemCode(error) === "EPERM") return;
    throw error;
  }
  try {
    await folder.sync();
  } catch (error) {
    if (systemCode(error) !== "EINVAL" && systemCode(error) !== "EPERM") throw error;
  } finally {
    await folder.close();
  }
}

function isMissing(error: unknown): boolean {
  return systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR";
}

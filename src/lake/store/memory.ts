import { readFile, rm } from "node:fs/promises";
import type { Store, StoreEntry } from "./store.ts";

/**
 * The same promises kept in memory, for trying and testing: every call takes a turn of the event loop first,
 * so that callers interleave as they do on a disk, and `putIfAbsent` lets one of them win.
 */
export function memoryStore(): Store {
  const files = new Map<string, { readonly bytes: Uint8Array; readonly modifiedAtMs: number }>();
  let writeCount = 0;
  const put = (path: string, bytes: Uint8Array): void => {
    writeCount += 1;
    files.set(path, { bytes: Uint8Array.from(bytes), modifiedAtMs: writeCount });
  };
  const putNew = (path: string, bytes: Uint8Array): boolean => {
    if (files.has(path)) return false;
    put(path, bytes);
    return true;
  };
  return {
    read: async (path) => {
      await turn();
      const file = files.get(path);
      if (file === undefined) throw systemError("ENOENT", path);
      return Uint8Array.from(file.bytes);
    },
    writeNew: async (path, bytes) => {
      await turn();
      if (!putNew(path, bytes)) throw systemError("EEXIST", path);
    },
    putIfAbsent: async (path, bytes) => {
      await turn();
      return putNew(path, bytes);
    },
    replace: async (path, bytes) => {
      await turn();
      put(path, bytes);
    },
    adopt: async (moves) => {
      for (const { from, to } of moves) {
        const bytes = await readFile(from);
        if (!putNew(to, bytes)) throw systemError("EEXIST", to);
        await rm(from, { force: true });
      }
    },
    exists: async (path) => {
      await turn();
      return files.has(path);
    },
    listFolders: async (path) => {
      await turn();
      return foldersBelow(files.keys(), `${path}/`);
    },
    list: async (path, options = {}) => {
      await turn();
      const found: StoreEntry[] = [];
      for (const [name, { bytes, modifiedAtMs }] of files) {
        if (!name.startsWith(`${path}/`)) continue;
        if (options.deep !== true && name.includes("/", path.length + 1)) continue;
        found.push({ path: name, sizeBytes: bytes.length, modifiedAtMs });
      }
      return found;
    },
    isSamePlace: async (a, b) => a === b,
    remove: async (path) => {
      await turn();
      files.delete(path);
    },
  };
}

function foldersBelow(paths: Iterable<string>, prefix: string): string[] {
  const names = new Set<string>();
  for (const path of paths) {
    const end = path.startsWith(prefix) ? path.indexOf("/", prefix.length) : -1;
    if (end > 0) names.add(path.slice(prefix.length, end));
  }
  return [...names].sort();
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** An error as the operating system gives it, for stores that are not files. */
export function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

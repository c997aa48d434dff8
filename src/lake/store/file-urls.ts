import { fileURLToPath } from "node:url";
import { localStore } from "./local.ts";
import type { Store } from "./store.ts";

/**
 * Files of this machine under the names that a catalog has for them: `file:///lake/t` and `file:/lake/t` as well as `/lake/t`. What is
 * listed comes back in the form that was asked with.
 */
export function fileUrls(store: Store = localStore()): Store {
  return {
    read: (path) => store.read(localPath(path)),
    writeNew: (path, bytes) => store.writeNew(localPath(path), bytes),
    putIfAbsent: (path, bytes) => store.putIfAbsent(localPath(path), bytes),
    replace: (path, bytes) => store.replace(localPath(path), bytes),
    adopt: (moves) => store.adopt(moves.map(({ from, to }) => ({ from, to: localPath(to) }))),
    exists: (path) => store.exists(localPath(path)),
    listFolders: (path) => store.listFolders(localPath(path)),
    list: async (path, options) => {
      const folder = localPath(path);
      const entries = await store.list(folder, options);
      return entries.map((entry) => ({ ...entry, path: path + entry.path.slice(folder.length) }));
    },
    isSamePlace: (a, b) => store.isSamePlace(localPath(a), localPath(b)),
    remove: (path) => store.remove(localPath(path)),
    // DuckDB opens paths; what a path means is known here only.
    lease: async (paths) => ({ paths: paths.map(localPath), release: async () => {} }),
  };
}

/** True for the URL of a file of this machine. */
export function isFileUrl(path: string): boolean {
  return /^file:\//i.test(path);
}

function localPath(path: string): string {
  if (!isFileUrl(path)) return path;
  // Iceberg's writers put the bare path behind `file:`, a percent sign in it is itself.
  return fileURLToPath(
    `file://${path
      .replace(/^file:(\/\/)?/i, "")
      .replace(/%/g, "%25")
      .replace(/[?#]/g, encodeURIComponent)}`,
  );
}

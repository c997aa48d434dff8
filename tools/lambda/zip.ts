import { type Zippable, zipSync } from "fflate";

/** The oldest time that the format knows: the same files make the same bytes, whenever and by whomever. */
const MODIFIED = new Date(1980, 0, 1);
const LEVEL = 9;
/** Unix, a plain file that everybody may read: Lambda runs as another user. */
const UNIX = 3;
const MODE = 0o100644 << 16;

/** Packs files, by name in order. */
export function zipOf(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const entries: Zippable = {};
  for (const name of [...files.keys()].sort()) {
    entries[name] = [files.get(name) as Uint8Array, { level: LEVEL, mtime: MODIFIED, os: UNIX, attrs: MODE }];
  }
  return zipSync(entries);
}

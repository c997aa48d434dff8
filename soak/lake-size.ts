import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** What a table takes on disk. */
export interface LakeSize {
  readonly dataFileCount: number;
  readonly dataBytes: number;
  readonly metadataFileCount: number;
  readonly metadataBytes: number;
}

/** Adds up the files of all tables below a folder: `data` and `metadata` apart. */
export async function lakeSize(folder: string): Promise<LakeSize> {
  const size = { dataFileCount: 0, dataBytes: 0, metadataFileCount: 0, metadataBytes: 0 };
  for (const path of await readdir(folder, { recursive: true })) {
    const found = await stat(join(folder, path));
    if (!found.isFile()) continue;
    if (/(?:^|\/)data\//.test(path)) {
      size.dataFileCount += 1;
      size.dataBytes += found.size;
    } else if (/(?:^|\/)metadata\//.test(path)) {
      size.metadataFileCount += 1;
      size.metadataBytes += found.size;
    }
  }
  return size;
}

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

import { errorText, systemCode } from "../core/errors.ts";
import { compareCodePoints } from "../core/json.ts";
import type { ConfigProblem } from "./problem.ts";

/** What stands in a folder, sorted; hidden entries (`.git`, editors' files) are left out. */
export interface Listing {
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

/**
 * Lists a folder of the directory, links followed.
 *
 * @param folder relative to `dir`, with `/`
 * @returns `undefined` where there is no such folder, or where it cannot be listed, which is a problem
 */
export async function listFolder(
  dir: string,
  folder: string,
  problems: ConfigProblem[],
): Promise<Listing | undefined> {
  let names: string[];
  try {
    names = await readdir(join(dir, folder));
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT") return undefined;
    const message =
      code === "ENOTDIR"
        ? "a file stands where a folder should be"
        : `the folder cannot be read: ${code ?? errorText(error)}`;
    problems.push({ file: folder, line: 1, column: 1, message });
    return undefined;
  }
  const folders: string[] = [];
  const files: string[] = [];
  for (const name of names.filter((entry) => !entry.startsWith(".")).sort(compareCodePoints)) {
    ((await isFolder(join(dir, folder, name))) ? folders : files).push(name);
  }
  return { folders, files };
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // A link to nowhere is shown as a file; reading it says what is wrong.
    return false;
  }
}

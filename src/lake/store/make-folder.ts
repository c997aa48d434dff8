import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { systemCode } from "../../core/errors.ts";

/**
 * Makes a folder and those above it.
 *
 * Node says ENOENT where the file system is read-only; asking for access to what there is says so.
 *
 * @returns the first folder that had to be made; undefined where all were there
 */
export function makeFolder(folder: string): string | undefined {
  try {
    return mkdirSync(folder, { recursive: true });
  } catch (error) {
    let parent = dirname(folder);
    while (!existsSync(parent) && parent !== dirname(parent)) parent = dirname(parent);
    if (systemCode(error) === "ENOENT") accessSync(parent, constants.W_OK);
    throw error;
  }
}

import { randomUUID } from "node:crypto";
import { constants, link, mkdir, open, rename, rm } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";

import { systemCode } from "../core/errors.ts";

const sizeBytesMax = 65_536;

/** Why a file cannot be used as a private one; the words go into messages. */
export class PrivateFileRefused extends Error {}

/**
 * Reads a small file that only its owner may read.
 *
 * @returns undefined where there is no such file
 * @throws PrivateFileRefused for a file that others may read, that is no plain file or is too large
 */
export async function readPrivateFile(path: string): Promise<string | undefined> {
  let handle: FileHandle;
  try {
    // Opening a pipe would wait for ever otherwise; Windows has neither.
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
  try {
    // The open file is asked, not its path: another one could have taken the name meanwhile.
    const { mode, size, isFile } = await describe(handle);
    if (!isFile) throw new PrivateFileRefused("it is not a plain file");
    if (process.platform !== "win32" && (mode & 0o077) !== 0) {
      throw new PrivateFileRefused(`others may read it; run: chmod 600 ${path}`);
    }
    if (size > sizeBytesMax) throw new PrivateFileRefused(`it is larger than ${sizeBytesMax / 1024} KiB`);
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}

async function describe(handle: FileHandle): Promise<{ mode: number; size: number; isFile: boolean }> {
  const found = await handle.stat();
  return { mode: found.mode, size: found.size, isFile: found.isFile() };
}

/** Writes a file that only its owner may read, in place of an old one; a crash leaves the old one or the new. */
export async function replacePrivateFile(path: string, text: string): Promise<void> {
  await withTemporary(path, text, (temporary) => rename(temporary, path));
}

/** Writes a new private file, whole or not at all; false where there is one already, which stays as it is. */
export async function createPrivateFile(path: string, text: string): Promise<boolean> {
  try {
    await withTemporary(path, text, (temporary) => link(temporary, path));
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
}

async function withTemporary(
  path: string,
  text: string,
  publish: (temporary: string) => Promise<void>,
): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const temporary = join(folder, `.${randomUUID()}.tmp`);
  try {
    const handle = await open(temporary, "wx", 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await publish(temporary);
    await syncFolder(folder);
  } finally {
    // After a rename there is nothing left to remove.
    await rm(temporary, { force: true });
  }
}

/** Makes the new name last through a power cut. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

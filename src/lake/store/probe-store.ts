import { randomUUID } from "node:crypto";
import { DuolakeError } from "../../core/errors.ts";
import type { Store } from "./store.ts";

const FIRST = new TextEncoder().encode("duolake\n");
const SECOND = new TextEncoder().encode("duolake, again\n");

/**
 * Writes and removes a small file, and tries to put another over it, which must be refused: a store that lets two writers
 * have the same name would lose commits in silence.
 *
 * @param folder where; it is made when it is not there
 * @throws lake_unwritable where the second write was not refused; the store's errors where it cannot be written
 */
export async function probeStore(store: Store, folder: string): Promise<void> {
  const path = `${folder}/.probe-${randomUUID()}`;
  try {
    const isFirst = await store.putIfAbsent(path, FIRST);
    const isSecond = await store.putIfAbsent(path, SECOND);
    if (isFirst && !isSecond) return;
    throw new DuolakeError(
      "lake_unwritable",
      `Cannot use ${folder}: the store does not honour conditional writes (If-None-Match), so two writers would overwrite each other's commits; use a store that does`,
    );
  } finally {
    await store.remove(path).catch(() => {});
  }
}

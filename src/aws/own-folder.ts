import { rm } from "node:fs/promises";

/**
 * Opens what works in a folder of its own, which is removed with it, and where it cannot be opened: a container's room is small, and
 * it is tried again in the same one.
 *
 * @throws what `open` throws
 */
export async function ownFolder<T extends AsyncDisposable>(dir: string, open: () => Promise<T>): Promise<T> {
  const remove = (): Promise<void> => rm(dir, { recursive: true, force: true });
  try {
    const opened = await open();
    const close = async (): Promise<void> => {
      await opened[Symbol.asyncDispose]();
      await remove();
    };
    return { ...opened, [Symbol.asyncDispose]: close };
  } catch (error) {
    await remove();
    throw error;
  }
}

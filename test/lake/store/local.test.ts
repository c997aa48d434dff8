import { mkdir, readdir, writeFile } from "node:fs/promises";
import { afterAll, describe, expect, test } from "vitest";
import { localStore } from "../../../src/lake/store/local.ts";
import { storeContract } from "../contract/store.ts";
import { tempDir } from "../support/temp-dir.ts";

describe("localStore", async () => {
  const dir = await tempDir();
  let opened = 0;
  afterAll(() => dir[Symbol.asyncDispose]());

  storeContract(async () => {
    opened += 1;
    const root = `${dir.path}/${opened}`;
    const localFile = async (text: string): Promise<string> => {
      const path = `${dir.path}/local-${opened}`;
      await writeFile(path, text);
      return path;
    };
    await mkdir(root);
    return { store: localStore(), root, localFile };
  });

  test("localStore.putIfAbsent leaves no temporary file, whoever wins", async () => {
    await using own = await tempDir();
    const store = localStore();
    await Promise.all(
      Array.from({ length: 8 }, () => store.putIfAbsent(`${own.path}/v1`, new Uint8Array(100_000))),
    );
    expect(await readdir(own.path)).toEqual(["v1"]);
  });
});

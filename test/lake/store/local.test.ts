import { mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { localStore } from "../../../src/lake/store/local.ts";
import { storeContract } from "../contract/store.ts";
import { tempDir } from "../support/temp-dir.ts";

describe("localStore", () => {
  storeContract(async () => {
    const root = await mkdtemp(join(tmpdir(), "lake-store-"));
    const localFile = async (text: string): Promise<string> => {
      const path = join(await mkdtemp(join(tmpdir(), "lake-local-")), "file");
      await writeFile(path, text);
      return path;
    };
    return { store: localStore(), root, localFile };
  });

  test("localStore.putIfAbsent leaves no temporary file when the folder is lost to another", async () => {
    await using dir = await tempDir();
    const store = localStore();
    await Promise.all(
      Array.from({ length: 8 }, () => store.putIfAbsent(`${dir.path}/v1`, new Uint8Array(100_000))),
    );
    expect(await readdir(dir.path)).toEqual(["v1"]);
  });
});

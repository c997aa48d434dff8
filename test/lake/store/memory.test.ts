import { writeFile } from "node:fs/promises";
import { afterAll, describe } from "vitest";
import { memoryStore } from "../../../src/lake/store/memory.ts";
import { storeContract } from "../contract/store.ts";
import { tempDir } from "../support/temp-dir.ts";

describe("memoryStore", async () => {
  const dir = await tempDir();
  afterAll(() => dir[Symbol.asyncDispose]());

  storeContract(async () => {
    const localFile = async (text: string): Promise<string> => {
      await writeFile(`${dir.path}/local`, text);
      return `${dir.path}/local`;
    };
    return { store: memoryStore(), root: "/memory", localFile };
  });
});

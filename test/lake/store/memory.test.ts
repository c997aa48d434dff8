import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe } from "vitest";
import { memoryStore } from "../../../src/lake/store/memory.ts";
import { storeContract } from "../contract/store.ts";

describe("memoryStore", () => {
  storeContract(async () => {
    const localFile = async (text: string): Promise<string> => {
      const path = join(await mkdtemp(join(tmpdir(), "lake-local-")), "file");
      await writeFile(path, text);
      return path;
    };
    return { store: memoryStore(), root: "/memory", localFile };
  });
});

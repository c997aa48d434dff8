import { mkdir, writeFile } from "node:fs/promises";
import { afterAll, describe, expect, test } from "vitest";
import { fileUrls } from "../../../src/lake/store/file-urls.ts";
import { storeContract } from "../contract/store.ts";
import { tempDir } from "../support/temp-dir.ts";

describe.each(["file://", "file:", ""])("fileUrls with %s/…", async (scheme) => {
  const dir = await tempDir();
  let opened = 0;
  afterAll(() => dir[Symbol.asyncDispose]());

  storeContract(async () => {
    opened += 1;
    const root = `${dir.path}/a b%20c#${opened}`;
    const localFile = async (text: string): Promise<string> => {
      const path = `${dir.path}/local-${opened}`;
      await writeFile(path, text);
      return path;
    };
    await mkdir(root);
    return { store: fileUrls(), root: `${scheme}${root}`, localFile };
  });

  test("fileUrls.lease gives paths that can be opened", async () => {
    const lease = await fileUrls().lease?.([`${scheme}/lake/a%20b.parquet`]);
    expect(lease?.paths).toEqual(["/lake/a%20b.parquet"]);
  });
});

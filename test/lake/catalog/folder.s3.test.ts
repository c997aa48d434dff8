import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CommitTools } from "../../../src/lake/append/commit-change.ts";
import { CommitConflict } from "../../../src/lake/catalog/catalog.ts";
import type { S3Fault } from "../../support/s3-server.ts";
import { catalogContract, commits, set } from "../contract/catalog.ts";
import { folderContract } from "../contract/folder-catalog.ts";
import { memoryTable, memoryTools } from "../support/memory-table.ts";
import { type TestS3, testS3 } from "../support/s3-lake.ts";

describe("folderCatalog on S3", () => {
  let s3: TestS3;
  let opened = 0;
  beforeAll(async () => {
    s3 = await testS3();
  });
  afterAll(() => s3[Symbol.asyncDispose]());
  const open = (): CommitTools => {
    opened += 1;
    return memoryTools(s3.store, `s3://bucket/w${opened}`);
  };

  catalogContract(() => Promise.resolve(open()));
  folderContract(() => Promise.resolve(open()));

  test("folderCatalog names every file by its URI", async () => {
    const tools = open();
    const table = await commits(tools, 2);
    expect(table.metadataLocation).toBe(`s3://bucket/w${opened}/d/t/metadata/v3.metadata.json`);
    expect(table.metadata.location).toBe(`s3://bucket/w${opened}/d/t`);
    expect(table.metadata["metadata-log"].map((entry) => entry["metadata-file"])).toEqual(
      [1, 2].map((version) => `s3://bucket/w${opened}/d/t/metadata/v${version}.metadata.json`),
    );
  });

  test.each([
    ["the answer is lost", { kind: "hang up", when: "after" }],
    [
      "500 comes after it was carried out",
      { kind: "error", status: 500, code: "InternalError", when: "after" },
    ],
    ["409 comes first", { kind: "error", status: 409, code: "ConditionalRequestConflict", when: "before" }],
  ] satisfies [string, S3Fault][])(
    "folderCatalog.commit knows that it won where %s",
    async (_name, fault) => {
      const tools = open();
      const base = await memoryTable(tools);
      let left = 1;
      s3.server.setFault(({ operation, key }) => {
        if (operation !== "PutObject" || !key.endsWith("v2.metadata.json") || left === 0) return undefined;
        left -= 1;
        return fault;
      });
      const won = await set(tools, base, "mine");
      expect(left).toBe(0);
      s3.server.setFault(undefined);
      expect((await tools.catalog.load("t"))?.metadataLocation).toBe(won.metadataLocation);
      await expect(set(tools, base, "another's")).rejects.toBeInstanceOf(CommitConflict);
      expect((await tools.catalog.load("t"))?.metadata.properties["value"]).toBe("mine");
    },
  );

  test("folderCatalog refuses a table whose objects were copied to another place", async () => {
    const tools = open();
    const from = `w${opened}/d/t/`;
    await commits(tools, 1);
    const copy = open();
    for (const key of s3.server.buckets.keys("bucket").filter((one) => one.startsWith(from))) {
      const content = s3.server.buckets.bytes("bucket", key)?.toString() ?? "";
      s3.server.buckets.set("bucket", key.replace(from, `w${opened}/d/t/`), content);
    }
    await expect(copy.catalog.load("t")).rejects.toMatchObject({ code: "lake_metadata_invalid" });
  });
});

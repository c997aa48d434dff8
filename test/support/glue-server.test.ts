import { expect, test } from "vitest";
import { glueRequests } from "../../src/lake/catalog/glue-client.ts";
import { GlueTables } from "./glue-tables.ts";
import { startGlueServer } from "./glue-server.ts";

// What proves others must be proven itself: this is how Glue behaves.

function made(): GlueTables {
  const tables = new GlueTables({ pageTableCountMax: 10 });
  tables.answer("CreateDatabase", { DatabaseInput: { Name: "d" } });
  tables.answer("CreateTable", { DatabaseName: "d", TableInput: { Name: "T", Parameters: { n: "0" } } });
  return tables;
}

function update(tables: GlueTables, n: string, how: { VersionId?: string; SkipArchive?: boolean }): void {
  tables.answer("UpdateTable", { DatabaseName: "d", TableInput: { Name: "t", Parameters: { n } }, ...how });
}

test("GlueTables refuses a change that names another version than the table's", () => {
  const tables = made();
  update(tables, "1", { VersionId: "0" });
  expect(() => update(tables, "2", { VersionId: "0" })).toThrow(
    expect.objectContaining({ word: "ConcurrentModificationException" }),
  );
  expect(tables.table("d", "t")).toMatchObject({ Name: "t", VersionId: "1", Parameters: { n: "1" } });
});

test("GlueTables lets the last one win where no version is named, as Glue does", () => {
  const tables = made();
  update(tables, "1", {});
  update(tables, "2", {});
  expect(tables.table("d", "t")).toMatchObject({ VersionId: "2", Parameters: { n: "2" } });
});

test("GlueTables keeps every version but where it is told not to", () => {
  const tables = made();
  update(tables, "1", { SkipArchive: true });
  expect(tables.archived("d", "t")).toEqual([]);
  update(tables, "2", {});
  expect(tables.archived("d", "t").map(({ Parameters }) => Parameters?.["n"])).toEqual(["1"]);
});

test("the server refuses keys and regions that are not its own", async () => {
  await using server = await startGlueServer();
  const ask = (change: object): Promise<unknown> =>
    glueRequests({ ...server.client, ...change, database: "d" }).getTable("t");
  await expect(ask({ region: "us-east-1" })).rejects.toMatchObject({ name: "InvalidSignatureException" });
  await expect(ask({ credentials: { accessKeyId: "x", secretAccessKey: "y" } })).rejects.toMatchObject({
    name: "UnrecognizedClientException",
  });
  await expect(ask({})).rejects.toMatchObject({ name: "EntityNotFoundException" });
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { CommitTools } from "../../../src/lake/append/commit-change.ts";
import { commitChange } from "../../../src/lake/append/commit-change.ts";
import type { Loaded } from "../../../src/lake/catalog/catalog.ts";
import { CommitConflict } from "../../../src/lake/catalog/catalog.ts";
import { metadataBytes } from "../../../src/lake/catalog/metadata-bytes.ts";
import type { FakeTable } from "../../support/glue-tables.ts";
import { type GlueServer, startGlueServer } from "../../support/glue-server.ts";
import { catalogContract, commits, set } from "../contract/catalog.ts";
import { glueTools } from "../support/glue-lake.ts";
import { fakeFile, memoryTable, move } from "../support/memory-table.ts";

const FILE = /^\/w\/d\d+\/t\/metadata\/(\d{5})-[0-9a-f-]{36}\.metadata\.json$/;

let server: GlueServer;
let opened = 0;
beforeAll(async () => {
  server = await startGlueServer({ pageTableCountMax: 2 });
});
beforeEach(() => {
  server.setFault(undefined);
});
afterAll(() => server[Symbol.asyncDispose]());

/** Each in a database of its own. */
function open(): CommitTools & { readonly database: string } {
  opened += 1;
  const database = `d${opened}`;
  return { ...glueTools(server, { database }), database };
}

function tableIn(database: string): FakeTable {
  const table = server.tables.table(database, "t");
  if (table === undefined) throw new Error("there is no table");
  return table;
}

async function metadataFiles(tools: CommitTools): Promise<string[]> {
  return (await tools.store.list(`${tools.catalog.locationOf("t")}/metadata`))
    .map(({ path }) => path)
    .filter((path) => path.endsWith(".metadata.json"))
    .sort();
}

/** Commits as Athena or Spark would: with a metadata file under a name of its own. */
async function commitForeign(
  tools: CommitTools & { readonly database: string },
  base: Loaded,
  name: string,
): Promise<string> {
  const path = `${tools.catalog.locationOf("t")}/metadata/${name}`;
  const { metadata, metadataLocation } = base;
  const log = [...metadata["metadata-log"], { "metadata-file": metadataLocation, "timestamp-ms": 1 }];
  const properties = { ...metadata.properties, foreign: "yes" };
  await tools.store.writeNew(path, metadataBytes({ ...metadata, properties, "metadata-log": log }));
  server.tables.change(tools.database, "t", ({ Parameters }) => ({
    Parameters: { ...Parameters, metadata_location: path, previous_metadata_location: metadataLocation },
  }));
  return path;
}

describe("glueCatalog", () => {
  catalogContract(() => Promise.resolve(open()));

  test("glueCatalog.create makes the database with its place, and tells Glue of an Iceberg table", async () => {
    const tools = open();
    const table = await memoryTable(tools);
    expect(server.tables.databases[tools.database]).toBe(`/w/${tools.database}`);
    expect(FILE.exec(table.metadataLocation)?.[1]).toBe("00000");
    const glue = tableIn(tools.database);
    expect(glue).toMatchObject({
      Name: "t",
      TableType: "EXTERNAL_TABLE",
      Parameters: { table_type: "ICEBERG", metadata_location: table.metadataLocation },
      StorageDescriptor: { Location: table.metadata.location },
    });
    expect(glue.Parameters).not.toHaveProperty("previous_metadata_location");
    expect(glue.StorageDescriptor?.Columns?.[0]).toEqual({
      Name: "ts",
      Type: "timestamp",
      Comment: "When it happened.",
      Parameters: {
        "iceberg.field.id": "1",
        "iceberg.field.optional": "true",
        "iceberg.field.current": "true",
      },
    });
  });

  test("glueCatalog.create leaves a database alone that is there", async () => {
    const tools = open();
    server.tables.answer("CreateDatabase", {
      DatabaseInput: { Name: tools.database, LocationUri: "s3://elsewhere" },
    });
    await memoryTable(tools);
    expect(server.tables.databases[tools.database]).toBe("s3://elsewhere");
  });

  test("glueCatalog.commit names the version it was decided on, and keeps no copies", async () => {
    const tools = open();
    const base = await memoryTable(tools);
    const from = server.ledger.length;
    const table = await commits(tools, 3, base);
    const updates = server.ledger.slice(from).filter(({ operation }) => operation === "UpdateTable");
    expect(updates.map(({ versionId, skipsArchive }) => [versionId, skipsArchive])).toEqual([
      ["0", true],
      ["1", true],
      ["2", true],
    ]);
    expect(server.tables.archived(tools.database, "t")).toEqual([]);
    expect(FILE.exec(table.metadataLocation)?.[1]).toBe("00003");
    expect(tableIn(tools.database).Parameters).toMatchObject({
      metadata_location: table.metadataLocation,
      previous_metadata_location: table.metadata["metadata-log"].at(-1)?.["metadata-file"],
    });
  });

  test("glueCatalog.commit takes two requests of Glue", async () => {
    const tools = open();
    const base = await memoryTable(tools);
    const from = server.ledger.length;
    await set(tools, base, "x");
    expect(server.ledger.slice(from).map(({ operation }) => operation)).toEqual(["GetTable", "UpdateTable"]);
  });

  test("glueCatalog.commit keeps what other programs have put on the table", async () => {
    const tools = open();
    const base = await memoryTable(tools);
    server.tables.change(tools.database, "t", ({ Parameters, StorageDescriptor }) => ({
      Description: "logins",
      Owner: "security",
      Retention: 7,
      Parameters: { ...Parameters, "aws:classification": "secret", recordCount: "7" },
      StorageDescriptor: {
        ...StorageDescriptor,
        Compressed: true,
        Columns: StorageDescriptor?.Columns?.map((column) => ({
          ...column,
          Comment: "from a person",
          Parameters: { ...column.Parameters, tag: "pii" },
        })),
      },
    }));
    const table = await set(tools, base, "x");
    expect(tableIn(tools.database)).toMatchObject({
      Description: "logins",
      Owner: "security",
      Retention: 7,
      Parameters: {
        "aws:classification": "secret",
        recordCount: "7",
        metadata_location: table.metadataLocation,
      },
      StorageDescriptor: { Compressed: true },
    });
    const columns = tableIn(tools.database).StorageDescriptor?.Columns ?? [];
    expect(columns.map(({ Parameters }) => Parameters?.["tag"])).toEqual(columns.map(() => "pii"));
    // What the schema itself says of a column goes before.
    expect(columns.find(({ Name }) => Name === "ts")?.Comment).toBe("When it happened.");
    expect(columns.find(({ Name }) => Name === "event")?.Comment).toBe("from a person");
  });

  test.each(["20260101_000000_00000_abcde-1.metadata.json", "v7.metadata.json", "00041-x.metadata.json"])(
    "glueCatalog follows the commit of another engine to %s and goes on from it",
    async (name) => {
      const tools = open();
      const base = await commits(tools, 2);
      const path = await commitForeign(tools, base, name);
      const loaded = (await tools.catalog.load("t")) as Loaded;
      expect(loaded.metadataLocation).toBe(path);
      expect(await tools.catalog.refresh(base)).toEqual(loaded);
      await expect(set(tools, base, "lost")).rejects.toBeInstanceOf(CommitConflict);
      const next = await set(tools, loaded, "x");
      expect(next.metadata.properties).toMatchObject({ foreign: "yes", value: "x" });
      expect((await tools.catalog.load("t"))?.metadataLocation).toBe(next.metadataLocation);
    },
  );

  test("glueCatalog.commit is a conflict where another program came between the look and the change", async () => {
    const tools = open();
    const base = await memoryTable(tools);
    server.setFault(({ operation }) => {
      if (operation !== "UpdateTable") return undefined;
      server.setFault(undefined);
      server.tables.change(tools.database, "t", ({ Parameters }) => ({
        Parameters: { ...Parameters, crawled: "yes" },
      }));
      return undefined;
    });
    await expect(set(tools, base, "lost")).rejects.toBeInstanceOf(CommitConflict);
    expect(await metadataFiles(tools)).toEqual([base.metadataLocation]);
    await set(tools, base, "x");
    expect(tableIn(tools.database).Parameters).toMatchObject({ crawled: "yes" });
  });

  test("glueCatalog.commit keeps the metadata files that the log names, and no others", async () => {
    const tools = open();
    const first = await memoryTable(tools, { "write.metadata.previous-versions-max": "3" });
    const table = await commits(tools, 9, first);
    const named = table.metadata["metadata-log"].map((entry) => entry["metadata-file"]);
    expect(named).toHaveLength(3);
    expect(await metadataFiles(tools)).toEqual([...named, table.metadataLocation]);
  });

  test("glueCatalog.commit keeps them all when the table says so", async () => {
    const tools = open();
    const properties = {
      "write.metadata.previous-versions-max": "3",
      "write.metadata.delete-after-commit.enabled": "false",
    };
    await commits(tools, 6, await memoryTable(tools, properties));
    expect(await metadataFiles(tools)).toHaveLength(7);
  });

  test("glueCatalog.commit writes metadata where the table says", async () => {
    const tools = open();
    const base = await memoryTable(tools, { "write.metadata.path": "/elsewhere/t/" });
    const table = await set(tools, base, "x");
    expect(table.metadataLocation).toMatch(/^\/elsewhere\/t\/00001-/);
  });

  test("glueCatalog.list passes over what is no Iceberg table, through all pages", async () => {
    const tools = open();
    expect(await tools.catalog.list()).toEqual([]);
    await memoryTable(tools);
    const place = { DatabaseName: tools.database };
    for (const Name of ["csv", "orc", "view", "z-1"]) {
      server.tables.answer("CreateTable", { ...place, TableInput: { Name, Parameters: {} } });
    }
    server.tables.answer("CreateTable", {
      ...place,
      TableInput: { Name: "a", Parameters: { table_type: "iceberg", metadata_location: "s3://x/y" } },
    });
    const from = server.ledger.length;
    expect(await tools.catalog.list()).toEqual(["a", "t"]);
    expect(server.ledger.length - from).toBe(3);
  });

  test("glueCatalog.load reads again where the metadata file was pruned meanwhile", async () => {
    const tools = open();
    const base = await memoryTable(tools, { "write.metadata.previous-versions-max": "1" });
    let newest = base;
    const store = {
      ...tools.store,
      read: async (path: string) => {
        if (path === base.metadataLocation && newest === base) newest = await commits(tools, 3, base);
        return tools.store.read(path);
      },
    };
    const reader = glueTools(server, { store, database: tools.database });
    expect((await reader.catalog.load("t"))?.metadataLocation).toBe(newest.metadataLocation);
    expect(await tools.store.exists(base.metadataLocation)).toBe(false);
  });
});

describe("glueCatalog over a table that is not what it must be", () => {
  test("a table that is no Iceberg table is refused, and nothing is written", async () => {
    const tools = open();
    server.tables.answer("CreateDatabase", { DatabaseInput: { Name: tools.database } });
    const TableInput = { Name: "t", Parameters: { classification: "json" } };
    server.tables.answer("CreateTable", { DatabaseName: tools.database, TableInput });
    await expect(tools.catalog.load("t")).rejects.toMatchObject({
      code: "lake_format_unsupported",
      message: `Cannot use table ${tools.database}.t: Glue has a table of that name that is no Iceberg table, got table_type missing; drop or rename it, or choose another lake.database`,
    });
    await expect(memoryTable(tools)).rejects.toBeInstanceOf(CommitConflict);
    expect(await metadataFiles(tools)).toEqual([]);
  });

  test("an Iceberg table without metadata is refused", async () => {
    const tools = open();
    await memoryTable(tools);
    server.tables.change(tools.database, "t", () => ({ Parameters: { table_type: "ICEBERG" } }));
    await expect(tools.catalog.load("t")).rejects.toMatchObject({
      code: "lake_format_unsupported",
      message: expect.stringContaining("got no metadata_location"),
    });
  });

  test("a metadata file that is missing or damaged is named", async () => {
    const tools = open();
    const table = await memoryTable(tools);
    await tools.store.replace(table.metadataLocation, new TextEncoder().encode("{"));
    const refusal = {
      code: "lake_metadata_invalid",
      message: expect.stringContaining(table.metadataLocation),
    };
    await expect(tools.catalog.load("t")).rejects.toMatchObject(refusal);
    await tools.store.remove(table.metadataLocation);
    await expect(tools.catalog.load("t")).rejects.toMatchObject(refusal);
  });

  test("a table that was dropped is gone for those who work on it", async () => {
    const tools = open();
    const table = await memoryTable(tools);
    server.tables.drop(tools.database, "t");
    expect(await tools.catalog.load("t")).toBeUndefined();
    const refusal = {
      code: "lake_metadata_invalid",
      message: expect.stringContaining("it is gone from Glue"),
    };
    await expect(tools.catalog.refresh(table)).rejects.toMatchObject(refusal);
    await expect(set(tools, table, "x")).rejects.toMatchObject(refusal);
    expect(await metadataFiles(tools)).toEqual([table.metadataLocation]);
  });

  test("a table that was dropped and made anew takes no commit of the old one", async () => {
    const tools = open();
    const old = await memoryTable(tools);
    server.tables.drop(tools.database, "t");
    const anew = await memoryTable(tools);
    await expect(set(tools, old, "lost")).rejects.toBeInstanceOf(CommitConflict);
    expect(await tools.catalog.load("t")).toEqual(anew);
    const change = move("0", "1", [fakeFile("a")]);
    const table = await commitChange(tools, { base: old, change, signal: undefined });
    expect(table.metadata["table-uuid"]).toBe(anew.metadata["table-uuid"]);
  });
});

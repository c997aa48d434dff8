import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { CommitTools } from "../../../src/lake/append/commit-change.ts";
import { CommitConflict } from "../../../src/lake/catalog/catalog.ts";
import { evolveTable } from "../../../src/lake/evolve-table.ts";
import { newTable } from "../../../src/lake/spec/new-table.ts";
import { type RestServer, startRestServer } from "../../support/rest-catalog-server.ts";
import { catalogContract, commits, set } from "../contract/catalog.ts";
import { EVERY_TYPE_COLUMNS } from "../support/columns.ts";
import { memoryTable } from "../support/memory-table.ts";
import { restTools } from "../support/rest-lake.ts";

let server: RestServer;
let opened = 0;
beforeAll(async () => {
  server = await startRestServer({ pageTableCountMax: 2, prefix: "catalogs/my%2Flake", firstFieldId: 500 });
});
beforeEach(() => {
  server.setFault(undefined);
});
afterAll(() => server[Symbol.asyncDispose]());

function open(): CommitTools & { readonly database: string } {
  opened += 1;
  const database = `d${opened}`;
  return { ...restTools(server, { database }), database };
}

describe("restCatalog", () => {
  catalogContract(() => Promise.resolve(open()));

  test("restCatalog.create takes the ids and the location that the server gives", async () => {
    const { catalog, clock, database } = open();
    const location = catalog.locationOf("t");
    const wanted = newTable({ location, columns: EVERY_TYPE_COLUMNS, properties: {}, nowMs: clock.nowMs() });
    const { metadata } = await catalog.create("t", wanted);
    expect(metadata.location).toBe(`/w/${database}/t`);
    const [ts] = metadata.schemas[0]?.fields ?? [];
    expect(ts?.name).toBe("ts");
    expect(ts?.id).toBe(500);
    expect(metadata["partition-specs"][0]?.fields[0]?.["source-id"]).toBe(500);
    expect(metadata["sort-orders"].at(-1)?.fields[0]?.["source-id"]).toBe(500);
    expect(metadata["last-column-id"]).toBe(wanted["last-column-id"] + 499);
    expect(metadata["table-uuid"]).not.toBe(wanted["table-uuid"]);
    expect(metadata.properties).not.toHaveProperty("format-version");
  });

  test("restCatalog finds no column missing that the server spells in its own way", async () => {
    const { catalog, clock } = open();
    const wanted = newTable({
      location: "/w",
      columns: EVERY_TYPE_COLUMNS,
      properties: {},
      nowMs: clock.nowMs(),
    });
    const base = await catalog.create("t", wanted);
    expect(await evolveTable({ catalog, clock }, { base, columns: EVERY_TYPE_COLUMNS })).toBe(base);
  });

  test("restCatalog writes and removes no file", async () => {
    const tools = open();
    await commits(tools, 30);
    expect(await tools.store.list(tools.catalog.locationOf("t"), { deep: true })).toEqual([]);
    expect(await tools.store.list("/w", { deep: true })).toEqual([]);
    expect(tools.catalog.keepsMetadata).toBe(true);
  });

  test("restCatalog asks for the configuration once, and begins paths with its prefix", async () => {
    const from = server.ledger.length;
    const tools = restTools(server, {
      database: "x",
      choice: { warehouse: "s3://a b/c", prefix: "not this" },
    });
    await memoryTable(tools);
    const asked = server.ledger.slice(from);
    expect(asked.map(({ operation }) => operation)).toEqual([
      "config",
      "createTable",
      "createNamespace",
      "createTable",
    ]);
    expect(asked.map(({ path }) => path)).toEqual([
      "/v1/config?warehouse=s3%3A%2F%2Fa%20b%2Fc",
      "/v1/catalogs/my%2Flake/namespaces/x/tables",
      "/v1/catalogs/my%2Flake/namespaces",
      "/v1/catalogs/my%2Flake/namespaces/x/tables",
    ]);
    expect(asked[3]?.headers["x-iceberg-access-delegation"]).toBe("vended-credentials");
  });

  test("restCatalog.list reads every page, and gives none where there is no namespace", async () => {
    const tools = open();
    expect(await tools.catalog.list()).toEqual([]);
    for (const name of ["e", "a", "d", "b", "c"]) {
      const location = tools.catalog.locationOf(name);
      await tools.catalog.create(
        name,
        newTable({ location, columns: EVERY_TYPE_COLUMNS, properties: {}, nowMs: 0 }),
      );
    }
    expect(await tools.catalog.list()).toEqual(["a", "b", "c", "d", "e"]);
  });

  test("restCatalog.refresh says so when the table is gone", async () => {
    const tools = open();
    const base = await memoryTable(tools);
    server.tables.namespaces.get(tools.database)?.delete("t");
    await expect(tools.catalog.refresh(base)).rejects.toMatchObject({ code: "lake_metadata_invalid" });
    await expect(set(tools, base, "x")).rejects.toMatchObject({ code: "lake_unwritable", retryable: false });
  });

  test("restCatalog.create over a table of another is a conflict also after a lost answer", async () => {
    const tools = open();
    const lost = [{ kind: "hang up", when: "after" } as const];
    server.setFault(({ operation }) => (operation === "createTable" ? lost.shift() : undefined));
    // The namespace is not there yet, so the first request is refused and its answer lost.
    const table = await memoryTable(tools);
    const again = [{ kind: "error", status: 500, when: "after" } as const];
    server.setFault(({ operation }) => (operation === "createTable" ? again.shift() : undefined));
    await expect(memoryTable(tools)).rejects.toBeInstanceOf(CommitConflict);
    expect(await tools.catalog.load("t")).toEqual(table);
  });
});

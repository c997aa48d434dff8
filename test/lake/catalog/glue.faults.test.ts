import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { CommitTools } from "../../../src/lake/append/commit-change.ts";
import { commitChange } from "../../../src/lake/append/commit-change.ts";
import type { Loaded } from "../../../src/lake/catalog/catalog.ts";
import { CommitConflict, CommitUnknown } from "../../../src/lake/catalog/catalog.ts";
import { type GlueFault, type GlueServer, startGlueServer } from "../../support/glue-server.ts";
import { set } from "../contract/catalog.ts";
import { glueTools } from "../support/glue-lake.ts";
import { fakeFile, memoryTable, move } from "../support/memory-table.ts";

let server: GlueServer;
let opened = 0;
beforeAll(async () => {
  server = await startGlueServer();
});
beforeEach(() => {
  server.setFault(undefined);
});
afterAll(() => server[Symbol.asyncDispose]());

function open(options: { readonly silenceMsMax?: number } = {}): CommitTools & { readonly database: string } {
  opened += 1;
  const database = `d${opened}`;
  return { ...glueTools(server, { database, ...options }), database };
}

/** Gives the faults to the first requests of an operation, one each; then all is well. */
function plan(operation: string, ...faults: readonly (GlueFault | (() => GlueFault | undefined))[]): void {
  const left = [...faults];
  server.setFault((request) => {
    if (request.operation !== operation) return undefined;
    const fault = left.shift();
    return typeof fault === "function" ? fault() : fault;
  });
}

/** The version of the table in Glue: how often it was changed. */
function versionOf(database: string): string | undefined {
  return server.tables.table(database, "t")?.VersionId;
}

async function fileCount(tools: CommitTools): Promise<number> {
  const files = await tools.store.list(`${tools.catalog.locationOf("t")}/metadata`);
  return files.filter(({ path }) => path.endsWith(".metadata.json")).length;
}

const error = (status: number, word: string, when: "before" | "after"): GlueFault => ({
  kind: "error",
  status,
  word,
  when,
});

const LOST_BEFORE: GlueFault = { kind: "hang up", when: "before" };
const LOST_AFTER: GlueFault = { kind: "hang up", when: "after" };

/** Answers that do not say what became of a request that was carried out. */
const LOST: readonly [string, GlueFault][] = [
  ["the connection breaks", LOST_AFTER],
  ["the answer breaks off", { kind: "half" }],
  ["Glue says 500", error(500, "InternalServiceException", "after")],
  ["Glue gave up", error(400, "OperationTimeoutException", "after")],
  ["something before Glue says 502", error(502, "", "after")],
];
/** Answers to a request that was not carried out, and may be sent again. */
const LATER: readonly [string, GlueFault][] = [
  ["Glue throttles", error(400, "ThrottlingException", "before")],
  ["Glue is not ready", error(400, "ResourceNotReadyException", "before")],
  ["the connection breaks first", LOST_BEFORE],
  ["Glue says 503 first", error(503, "InternalServiceException", "before")],
];

describe("glueCatalog.commit", () => {
  test.each([...LOST, ...LATER])("is made once where %s", async (_name, fault) => {
    const tools = open();
    const base = await memoryTable(tools);
    plan("UpdateTable", fault);
    const won = await set(tools, base, "mine");
    expect(versionOf(tools.database)).toBe("1");
    expect(await tools.catalog.load("t")).toEqual(won);
    await expect(set(tools, base, "another's")).rejects.toBeInstanceOf(CommitConflict);
    expect(await fileCount(tools)).toBe(2);
  });

  test.each(LOST)("is made once where %s and another commit follows at once", async (_name, fault) => {
    const tools = open();
    const base = await memoryTable(tools);
    plan("UpdateTable", fault, () => ({ kind: "slow", when: "before", until: setByAnother(tools) }));
    const mine = await set(tools, base, "mine");
    const now = (await tools.catalog.load("t")) as Loaded;
    expect(now.metadata.properties["value"]).toBe("another's");
    expect(now.metadata["metadata-log"].at(-1)?.["metadata-file"]).toBe(mine.metadataLocation);
    expect(await tools.store.exists(mine.metadataLocation)).toBe(true);
  });

  test("is a conflict where the request was lost and another commit was first", async () => {
    const tools = open();
    const base = await memoryTable(tools);
    plan("UpdateTable", LOST_BEFORE, () => ({ kind: "slow", when: "before", until: setByAnother(tools) }));
    await expect(set(tools, base, "mine")).rejects.toBeInstanceOf(CommitConflict);
    expect((await tools.catalog.load("t"))?.metadata.properties["value"]).toBe("another's");
    expect(versionOf(tools.database)).toBe("1");
    expect(await fileCount(tools)).toBe(2);
  });

  test("is a conflict at once where Glue says so, without a second request", async () => {
    const tools = open();
    const base = await memoryTable(tools);
    plan("UpdateTable", error(400, "ConcurrentModificationException", "before"));
    const from = server.ledger.length;
    await expect(set(tools, base, "mine")).rejects.toBeInstanceOf(CommitConflict);
    expect(server.ledger.slice(from).map(({ operation }) => operation)).toEqual(["GetTable", "UpdateTable"]);
    expect(await fileCount(tools)).toBe(1);
  });

  test("is unknown where no answer comes at all, and its file stays", async () => {
    const tools = open();
    const base = await memoryTable(tools);
    server.setFault(({ operation }) => (operation === "UpdateTable" ? LOST_BEFORE : undefined));
    const from = server.ledger.length;
    await expect(set(tools, base, "mine")).rejects.toBeInstanceOf(CommitUnknown);
    expect(server.ledger.slice(from).filter(({ operation }) => operation === "UpdateTable")).toHaveLength(6);
    expect(await fileCount(tools)).toBe(2);
  });

  test("is known where the last try was lost and had been carried out", async () => {
    const tools = open();
    const base = await memoryTable(tools);
    plan("UpdateTable", LOST_BEFORE, LOST_BEFORE, LOST_BEFORE, LOST_BEFORE, LOST_BEFORE, LOST_AFTER);
    const won = await set(tools, base, "mine");
    expect(await tools.catalog.load("t")).toEqual(won);
  });

  test("is unknown where the answer is lost and nobody can look", async () => {
    const tools = open();
    const base = await memoryTable(tools);
    let isLost = false;
    server.setFault(({ operation }) => {
      isLost ||= operation === "UpdateTable";
      return isLost ? LOST_AFTER : undefined;
    });
    await expect(set(tools, base, "mine")).rejects.toBeInstanceOf(CommitUnknown);
    server.setFault(undefined);
    expect((await tools.catalog.load("t"))?.metadata.properties["value"]).toBe("mine");
  });

  test("that arrives after it was given up does not undo the one that came after it", async () => {
    const tools = open({ silenceMsMax: 100 });
    const base = await memoryTable(tools);
    let arrive: () => void = () => {};
    const until = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    plan("UpdateTable", { kind: "slow", when: "before", until });
    const won = await set(tools, base, "mine");
    const from = server.ledger.length;
    arrive();
    await expect
      .poll(() => server.ledger.slice(from).map(({ word }) => word))
      .toEqual(["ConcurrentModificationException"]);
    expect(await tools.catalog.load("t")).toEqual(won);
  });

  test("that Glue refuses for good leaves no file", async () => {
    const tools = open();
    const base = await memoryTable(tools);
    plan("UpdateTable", error(400, "InvalidInputException", "before"));
    await expect(set(tools, base, "mine")).rejects.toMatchObject({
      code: "lake_unwritable",
      retryable: false,
      message: `Cannot use Glue: it refused glue:UpdateTable of ${tools.database}.t: InvalidInputException, injected`,
    });
    expect(await fileCount(tools)).toBe(1);
  });

  test("appends rows once also where the answer is lost and nobody can look", async () => {
    const tools = open();
    const base = await memoryTable(tools);
    let lookCount = 0;
    let updateCount = 0;
    server.setFault(({ operation }) => {
      if (operation === "UpdateTable") {
        updateCount += 1;
        return updateCount === 1 ? LOST_AFTER : LOST_BEFORE;
      }
      lookCount += updateCount === 6 ? 1 : 0;
      return lookCount > 0 && lookCount <= 6 ? LOST_BEFORE : undefined;
    });
    const change = move("0", "1", [fakeFile("a")]);
    const table = await commitChange(tools, { base, change, signal: undefined });
    expect(table.metadata.snapshots).toHaveLength(1);
    expect({ updateCount, lookCount }).toEqual({ updateCount: 6, lookCount: 7 });
    expect(versionOf(tools.database)).toBe("1");
  });

  async function setByAnother(tools: CommitTools & { readonly database: string }): Promise<void> {
    server.setFault(undefined);
    const another = glueTools(server, { store: tools.store, database: tools.database });
    await set(another, (await another.catalog.load("t")) as Loaded, "another's");
  }
});

describe("glueCatalog.create", () => {
  test.each([...LOST, ...LATER])("makes the table once where %s", async (_name, fault) => {
    const tools = open();
    plan("CreateTable", fault);
    const made = await memoryTable(tools);
    expect(await tools.catalog.load("t")).toEqual(made);
    expect(await fileCount(tools)).toBe(1);
    await expect(memoryTable(tools)).rejects.toBeInstanceOf(CommitConflict);
  });

  test.each(LOST)("makes the database once where %s", async (_name, fault) => {
    const tools = open();
    plan("CreateDatabase", fault);
    const made = await memoryTable(tools);
    expect(await tools.catalog.load("t")).toEqual(made);
  });

  test("is a conflict where the request was lost and another's table was first", async () => {
    const tools = open();
    const another = glueTools(server, { store: tools.store, database: tools.database });
    server.tables.answer("CreateDatabase", { DatabaseInput: { Name: tools.database } });
    let theirs: Loaded | undefined;
    const until = async (): Promise<void> => {
      server.setFault(undefined);
      theirs = await memoryTable(another);
    };
    plan("CreateTable", LOST_BEFORE, () => ({ kind: "slow", when: "before", until: until() }));
    await expect(memoryTable(tools)).rejects.toBeInstanceOf(CommitConflict);
    expect(await tools.catalog.load("t")).toEqual(theirs);
    expect(await fileCount(tools)).toBe(1);
  });

  test("is unknown where no answer comes at all", async () => {
    const tools = open();
    server.setFault(({ operation }) => (operation === "CreateTable" ? LOST_BEFORE : undefined));
    await expect(memoryTable(tools)).rejects.toBeInstanceOf(CommitUnknown);
    expect(await fileCount(tools)).toBe(1);
  });
});

describe("glueCatalog.load", () => {
  test.each([...LOST, ...LATER])("asks again where %s", async (_name, fault) => {
    const tools = open();
    const table = await memoryTable(tools);
    plan("GetTable", fault);
    expect(await tools.catalog.load("t")).toEqual(table);
    plan("GetTables", fault);
    expect(await tools.catalog.list()).toEqual(["t"]);
  });

  test("gives up after six tries", async () => {
    const tools = open();
    server.setFault(() => error(400, "ThrottlingException", "before"));
    const from = server.ledger.length;
    await expect(tools.catalog.load("t")).rejects.toMatchObject({ code: "EIO" });
    expect(server.ledger.length - from).toBe(6);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { CommitTools } from "../../../src/lake/append/commit-change.ts";
import { commitChange } from "../../../src/lake/append/commit-change.ts";
import type { Loaded } from "../../../src/lake/catalog/catalog.ts";
import { CommitConflict, CommitUnknown } from "../../../src/lake/catalog/catalog.ts";
import { evolveTable } from "../../../src/lake/evolve-table.ts";
import { type RestServer, startRestServer } from "../../support/rest-catalog-server.ts";
import type { RestFault } from "../../support/rest-fault.ts";
import type { RestOperation } from "../../support/rest-route.ts";
import { set } from "../contract/catalog.ts";
import { checkHistory } from "../support/check-history.ts";
import { SMALL_COLUMNS } from "../support/columns.ts";
import { fakeFile, instantClock, memoryTable, move } from "../support/memory-table.ts";
import { restTools } from "../support/rest-lake.ts";

let server: RestServer;
let opened = 0;
beforeAll(async () => {
  server = await startRestServer();
});
beforeEach(() => {
  server.setFault(undefined);
});
afterAll(() => server[Symbol.asyncDispose]());

function open(): CommitTools {
  opened += 1;
  return restTools(server, { database: `d${opened}` });
}

/** Gives the faults to the first requests of an operation, one each; then all is well. */
function plan(wanted: RestOperation, ...faults: readonly (RestFault | undefined)[]): void {
  const left = [...faults];
  server.setFault(({ operation }) => (operation === wanted ? left.shift() : undefined));
}

function countOf(wanted: RestOperation, from: number): number {
  return server.ledger.slice(from).filter(({ operation }) => operation === wanted).length;
}

const error = (status: number, when: "before" | "after"): RestFault => ({ kind: "error", status, when });

/** Answers that do not say what became of a commit. */
const LOST: readonly [string, RestFault][] = [
  ["the connection breaks", { kind: "hang up", when: "after" }],
  ["the connection breaks before anything is done", { kind: "hang up", when: "before" }],
  ["the answer breaks off", { kind: "half" }],
  ["500 comes after it was carried out", error(500, "after")],
  ["500 comes before", error(500, "before")],
  ["502 comes after it was carried out", error(502, "after")],
  ["504 comes after it was carried out", error(504, "after")],
];
/** Answers to a commit that is to be sent again. */
const LATER: readonly [string, RestFault][] = [
  ["429 comes", error(429, "before")],
  ["503 comes", error(503, "before")],
];

describe("restCatalog.commit", () => {
  test.each(LOST)("is unknown and sent once where %s", async (_name, fault) => {
    const tools = open();
    const base = await memoryTable(tools);
    plan("commitTable", fault);
    const from = server.ledger.length;
    await expect(set(tools, base, "mine")).rejects.toBeInstanceOf(CommitUnknown);
    expect(countOf("commitTable", from)).toBe(1);
  });

  test.each(LATER)("is sent again where %s", async (_name, fault) => {
    const tools = open();
    const base = await memoryTable(tools);
    plan("commitTable", fault, fault);
    const from = server.ledger.length;
    const won = await set(tools, base, "mine");
    expect(await tools.catalog.load("t")).toEqual(won);
    expect(countOf("commitTable", from)).toBe(3);
  });

  test("is unknown where a conflict follows a 503: it may be with our own", async () => {
    const tools = open();
    const base = await memoryTable(tools);
    plan("commitTable", error(503, "after"));
    const requirement = { type: "assert-ref-snapshot-id", ref: "main", "snapshot-id": null } as const;
    const snapshot = {
      "snapshot-id": 1,
      "sequence-number": 1,
      "timestamp-ms": 1,
      "manifest-list": "/w/list.avro",
      summary: { operation: "append" },
    };
    const commit = tools.catalog.commit(
      base,
      [requirement],
      [
        { action: "add-snapshot", snapshot },
        { action: "set-snapshot-ref", "ref-name": "main", type: "branch", "snapshot-id": 1 },
      ],
    );
    await expect(commit).rejects.toBeInstanceOf(CommitUnknown);
  });

  test("is a conflict at 409, after a single request", async () => {
    const tools = open();
    const base = await memoryTable(tools);
    plan("commitTable", error(409, "before"));
    const from = server.ledger.length;
    await expect(set(tools, base, "mine")).rejects.toBeInstanceOf(CommitConflict);
    expect(countOf("commitTable", from)).toBe(1);
  });

  test("gives up where the server stays busy, and waits as long as it asks, within bounds", async () => {
    const clock = instantClock();
    const tools = restTools(server, { database: "busy", clock });
    const base = await memoryTable(tools);
    server.setFault(({ operation }) =>
      operation === "commitTable"
        ? { kind: "error", status: 429, when: "before", retryAfterSeconds: 100_000 }
        : undefined,
    );
    const fromMs = clock.nowMs();
    await expect(set(tools, base, "mine")).rejects.toMatchObject({
      code: "lake_unwritable",
      retryable: true,
    });
    expect(clock.nowMs() - fromMs).toBe(5 * 30_000);
  });

  test.each([
    [400, false, "refused it"],
    [403, false, "does not allow it"],
    [401, false, "does not know who asks"],
  ])("says at %i what to do, and is final", async (status, retryable, text) => {
    const tools = open();
    const base = await memoryTable(tools);
    plan("commitTable", error(status, "before"));
    await expect(set(tools, base, "mine")).rejects.toMatchObject({
      code: "lake_unwritable",
      retryable,
      message: expect.stringContaining(text),
    });
  });
});

describe("commitChange over a REST catalog", () => {
  test.each([...LOST, ...LATER, ["503 comes after it was carried out", error(503, "after")] as const])(
    "is made once, and its files stay, where %s",
    async (_name, fault) => {
      const tools = open();
      const base = await memoryTable(tools);
      plan("commitTable", fault);
      const change = move("0", "1", [fakeFile("a")]);
      const won = await commitChange(tools, { base, change, signal: undefined });
      expect(await tools.catalog.load("t")).toEqual(won);
      checkHistory(won);
      expect(won.metadata.snapshots).toHaveLength(1);
      expect(await tools.store.exists(won.metadata.snapshots[0]?.["manifest-list"] ?? "")).toBe(true);
    },
  );

  test.each([true, false])(
    "goes on where another took the sequence number on a branch, old server: %s",
    async (isOld) => {
      await using other = await startRestServer({ isOld });
      const tools = restTools(other);
      const made = await memoryTable(tools);
      const change = (n: number): Parameters<typeof commitChange>[1]["change"] =>
        move(String(n), String(n + 1), [fakeFile(`f${n}`)]);
      const base = await commitChange(tools, { base: made, change: change(0), signal: undefined });
      const main = base.metadata.snapshots[0];
      if (main === undefined) throw new Error("there is no snapshot");
      const snapshot = {
        ...main,
        "snapshot-id": 77,
        "parent-snapshot-id": main["snapshot-id"],
        "sequence-number": 2,
      };
      await tools.catalog.commit(
        base,
        [],
        [
          { action: "add-snapshot", snapshot },
          { action: "set-snapshot-ref", "ref-name": "audit", type: "branch", "snapshot-id": 77 },
        ],
      );
      const from = other.ledger.length;
      const { metadata } = await commitChange(tools, { base, change: change(1), signal: undefined });
      expect(metadata.snapshots.map((one) => one["sequence-number"])).toEqual([1, 2, 3]);
      expect(Object.keys(metadata.refs).sort()).toEqual(["audit", "main"]);
      const commits = other.ledger.slice(from).filter(({ operation }) => operation === "commitTable");
      expect(commits.map(({ status }) => status)).toEqual([isOld ? 400 : 409, 200]);
    },
  );

  test("deletes nothing where nobody can look after a lost answer", async () => {
    const tools = open();
    const base = await memoryTable(tools);
    let isLost = false;
    server.setFault(({ operation }) => {
      isLost ||= operation === "commitTable";
      return isLost ? { kind: "hang up", when: "after" } : undefined;
    });
    const change = move("0", "1", [fakeFile("a")]);
    await expect(commitChange(tools, { base, change, signal: undefined })).rejects.toMatchObject({
      code: "lake_unwritable",
      retryable: true,
    });
    server.setFault(undefined);
    const now = (await tools.catalog.load("t")) as Loaded;
    expect(await tools.store.exists(now.metadata.snapshots[0]?.["manifest-list"] ?? "")).toBe(true);
  });

  test.each(LOST)("columns are added once where %s", async (_name, fault) => {
    const tools = open();
    const base = await memoryTable(tools);
    plan("commitTable", fault);
    const columns = [...SMALL_COLUMNS, { name: "added", type: "long" } as const];
    const { metadata } = await evolveTable(tools, { base, columns });
    const schema = metadata.schemas.find((one) => one["schema-id"] === metadata["current-schema-id"]);
    expect(schema?.fields.filter(({ name }) => name === "added")).toHaveLength(1);
    expect(metadata.schemas).toHaveLength(2);
  });
});

describe("restCatalog, reading", () => {
  test.each([...LOST, ...LATER])("a table is loaded all the same where %s", async (_name, fault) => {
    const tools = open();
    const table = await memoryTable(tools);
    plan("loadTable", fault);
    expect(await tools.catalog.load("t")).toEqual(table);
    plan("listTables", fault);
    expect(await tools.catalog.list()).toEqual(["t"]);
    plan("config", fault);
    expect(await open().catalog.load("t")).toBeUndefined();
  });

  test.each([...LOST, ...LATER])("a table is made once where %s", async (_name, fault) => {
    const tools = open();
    plan("createTable", undefined, fault);
    const [outcome] = await Promise.allSettled([memoryTable(tools)]);
    // Where the first request made it, the second found it there.
    const isConflict = outcome.status === "rejected" && outcome.reason instanceof CommitConflict;
    expect(outcome.status === "fulfilled" || isConflict).toBe(true);
    const made = outcome.status === "fulfilled" ? outcome.value : await tools.catalog.load("t");
    expect(made).toBeDefined();
    expect(await tools.catalog.load("t")).toEqual(made);
  });

  test.each([400, 404])("a wrong address is an error and no empty lake, answered with %i", async (status) => {
    await using odd = await startRestServer();
    // Iceberg's own server says 400 and what it was asked for; others say 404 and nothing of use.
    if (status === 404) odd.setFault(() => error(404, "before"));
    const tools = restTools({ url: `${odd.url}/elsewhere` });
    for (const asked of [tools.catalog.list(), tools.catalog.load("t")]) {
      await expect(asked).rejects.toMatchObject({
        code: "lake_unwritable",
        message: expect.stringMatching(new RegExp(`check lake.catalog.uri, .*, got ${status}`)),
      });
    }
  });

  test("a clock that is ahead of the server's is told so, and nothing is committed", async () => {
    const clock = instantClock();
    await using behind = await startRestServer({ nowMs: () => clock.nowMs() - 61_000 });
    const tools = restTools(behind, { clock });
    const base = await memoryTable(tools);
    const change = move("0", "1", [fakeFile("a")]);
    await expect(commitChange(tools, { base, change, signal: undefined })).rejects.toMatchObject({
      code: "lake_unwritable",
      message: expect.stringContaining("more than a minute ahead"),
    });
    expect(await tools.catalog.load("t")).toEqual(base);
  });

  test("a server that is not there may be tried again", async () => {
    const tools = restTools({ url: "http://127.0.0.1:1" });
    await expect(tools.catalog.list()).rejects.toMatchObject({
      code: "lake_unwritable",
      retryable: true,
      message: expect.stringContaining("cannot be reached"),
    });
  });

  test.each(["metadata-location", "metadata"])("an answer without %s is refused", async (member) => {
    await using odd = await startRestServer({ access: () => ({ [member]: undefined }) });
    const tools = restTools(odd);
    await expect(memoryTable(tools)).rejects.toMatchObject({ code: "lake_metadata_invalid" });
    await expect(tools.catalog.load("t")).rejects.toMatchObject({ code: "lake_metadata_invalid" });
  });
});

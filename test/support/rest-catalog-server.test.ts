import { expect, test } from "vitest";
import { startRestServer } from "./rest-catalog-server.ts";
import type { CommitBody, CreateBody, ServedMetadata } from "./rest-metadata.ts";
import { RestTables } from "./rest-tables.ts";

// What proves others must be proven itself: this is how Apache's server behaves.

const FIELDS: CreateBody["schema"]["fields"] = [
  { id: 7, name: "ts", required: false, type: "timestamptz" },
  {
    id: 8,
    name: "event",
    required: false,
    type: {
      type: "struct",
      fields: [
        { id: 9, name: "tags", required: false, type: { type: "list", "element-id": 10, element: "string" } },
      ],
    },
  },
  { id: 11, name: "n", required: false, type: "int" },
];

const REQUEST: CreateBody = {
  name: "t",
  schema: { type: "struct", "schema-id": 3, fields: FIELDS },
  "partition-spec": {
    "spec-id": 0,
    fields: [{ "source-id": 7, "field-id": 1000, name: "ts_day", transform: "day" }],
  },
  "write-order": { "order-id": 1, fields: [{ "source-id": 11, transform: "identity" }] },
  properties: { a: "b", "format-version": "2" },
};

function made(): RestTables {
  const tables = new RestTables({ root: "/w/", firstFieldId: 1 });
  tables.createNamespace("d");
  tables.create("d", REQUEST, 5);
  return tables;
}

/** A commit of one snapshot on top of `parent`, which it requires to be the current one. */
const snapshot = (id: number, parent: number | null, timestampMs: number = 6): CommitBody => ({
  requirements: [{ type: "assert-ref-snapshot-id", ref: "main", "snapshot-id": parent }],
  updates: [
    {
      action: "add-snapshot",
      snapshot: {
        "snapshot-id": id,
        "sequence-number": id,
        ...(parent !== null && { "parent-snapshot-id": parent }),
        "timestamp-ms": timestampMs,
      },
    },
    { action: "set-snapshot-ref", "ref-name": "main", type: "branch", "snapshot-id": id },
  ],
});
const refusal = (status: number, word: string): unknown => expect.objectContaining({ status, word });

const main = { action: "set-snapshot-ref", "ref-name": "main", type: "branch" } as const;

/** Of `ts`, `event`, `n`, `event.tags` and its elements. */
function idsOf({ schemas }: ServedMetadata): unknown[] {
  const text = JSON.stringify(schemas[0]);
  const id = (name: string): number => Number(new RegExp(`"id":(\\d+),"name":"${name}"`).exec(text)?.[1]);
  return [...["ts", "event", "n", "tags"].map(id), Number(/"element-id":(\d+)/.exec(text)?.[1])];
}

test("RestTables gives out ids of its own, a struct's fields before what is in them", () => {
  const { metadata } = made().load("d", "t");
  expect(idsOf(metadata)).toEqual([1, 2, 3, 4, 5]);
  expect(metadata["partition-specs"][0]?.fields[0]?.["source-id"]).toBe(1);
  expect(metadata["sort-orders"][0]?.fields[0]?.["source-id"]).toBe(3);
  expect(metadata).toMatchObject({ "last-column-id": 5, location: "/w/d/t", properties: { a: "b" } });
});

test("RestTables lets one of two commits on the same table win", () => {
  const tables = made();
  tables.commit("d", "t", snapshot(1, null), 6);
  expect(() => tables.commit("d", "t", snapshot(2, null), 7)).toThrow(
    expect.objectContaining({ status: 409, word: "CommitFailedException" }),
  );
  tables.commit("d", "t", snapshot(2, 1), 7);
  const { metadata, location } = tables.load("d", "t");
  expect(metadata.snapshots).toHaveLength(2);
  expect(metadata["metadata-log"]).toHaveLength(2);
  expect(location).toMatch(/\/00002-/);
});

test("RestTables changes nothing where an update cannot be applied", () => {
  const tables = made();
  tables.commit("d", "t", snapshot(1, null), 6);
  const before = tables.load("d", "t");
  const set = { action: "set-properties", updates: { x: "y" } } as const;
  const add = { "snapshot-id": 9, "parent-snapshot-id": 1, "sequence-number": 1, "timestamp-ms": 6 };
  const last = { action: "set-current-schema", "schema-id": -1 } as const;
  const [schema] = before.metadata.schemas;
  if (schema === undefined) throw new Error("there is no schema");
  const same = { action: "add-schema", schema, "last-column-id": 5 } as const;
  const refused = [
    [[set, { action: "add-snapshot", snapshot: add }], 409, "CommitFailedException"],
    [[set, { action: "add-snapshot", snapshot: { ...add, "snapshot-id": 1 } }], 400, "ValidationException"],
    [[set, { ...main, "snapshot-id": 77 }], 400, "ValidationException"],
    [[set, same, last], 400, "ValidationException"],
  ] as const;
  for (const [updates, status, word] of refused) {
    expect(() => tables.commit("d", "t", { requirements: [], updates }, 7)).toThrow(refusal(status, word));
  }
  expect(tables.load("d", "t")).toEqual(before);
  expect(tables.commit("d", "t", { requirements: [], updates: [] }, 7)).toEqual(before);
});

test("RestTables refuses snapshots of a time that has not come, or that is long gone", () => {
  const tables = made();
  const commit = (id: number, parent: number | null, timestampMs: number): unknown =>
    tables.commit("d", "t", snapshot(id, parent, timestampMs), 1_000_000);
  expect(() => commit(1, null, 1_060_001)).toThrow(refusal(400, "IllegalArgumentException"));
  commit(1, null, 1_060_000);
  expect(() => commit(2, 1, 999_999)).toThrow(refusal(400, "IllegalArgumentException"));
  commit(2, 1, 1_000_000);
  expect(tables.load("d", "t").metadata["last-updated-ms"]).toBe(1_000_000);
});

test("RestTables lets go of what a removed snapshot leaves behind", () => {
  const tables = made();
  for (const id of [1, 2, 3]) tables.commit("d", "t", snapshot(id, id === 1 ? null : id - 1), 6);
  const remove = (id: number): ServedMetadata =>
    tables.commit(
      "d",
      "t",
      { requirements: [], updates: [{ action: "remove-snapshots", "snapshot-ids": [id] }] },
      7,
    ).metadata;
  expect(remove(2)["snapshot-log"].map((one) => one["snapshot-id"])).toEqual([3]);
  expect(remove(3)).toMatchObject({ refs: {}, "current-snapshot-id": -1, "snapshot-log": [] });
});

test("RestTables refuses second tables and namespaces, and what is not there", () => {
  const tables = made();
  expect(() => tables.createNamespace("d")).toThrow(expect.objectContaining({ status: 409 }));
  expect(() => tables.create("d", REQUEST, 5)).toThrow(expect.objectContaining({ status: 409 }));
  expect(() => tables.create("e", REQUEST, 5)).toThrow(
    expect.objectContaining({ word: "NoSuchNamespaceException" }),
  );
  expect(() => tables.load("d", "u")).toThrow(expect.objectContaining({ word: "NoSuchTableException" }));
});

test("the server lets no one in without its token, and takes none that ran out", async () => {
  let nowMs = 0;
  const auth = { clientId: "me", clientSecret: "s", lifeSeconds: 10 };
  await using server = await startRestServer({ auth, nowMs: () => nowMs });
  const ask = async (token: string): Promise<number> => {
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(`${server.url}/v1/namespaces/d/tables`, { headers })).status;
  };
  const form = (secret: string): Promise<Response> =>
    fetch(`${server.url}/v1/oauth/tokens`, {
      method: "POST",
      body: new URLSearchParams({ grant_type: "client_credentials", client_id: "me", client_secret: secret }),
    });
  expect((await form("wrong")).status).toBe(401);
  const { access_token: token } = (await (await form("s")).json()) as { readonly access_token: string };
  expect(await ask("x")).toBe(401);
  expect(await ask(token)).toBe(404);
  nowMs = 10_000;
  expect(await ask(token)).toBe(401);
});

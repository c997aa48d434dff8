import { isDeepStrictEqual } from "node:util";
import { newTable } from "../../src/lake/spec/new-table.ts";
import { createRequest } from "../../src/lake/catalog/rest/create-request.ts";
import { EVERY_TYPE_COLUMNS } from "../lake/support/columns.ts";
import { startRestServer } from "../support/rest-catalog-server.ts";

/** One request to both; the last table that a server answered with is at hand. */
interface Step {
  readonly name: string;
  readonly path: string;
  readonly body?: object | ((table: Table) => object);
}

interface Table {
  readonly "last-column-id": number;
  readonly schemas: readonly { readonly fields: readonly object[] }[];
}

interface Answer {
  readonly status: number;
  readonly json: {
    readonly metadata?: Table;
    readonly "metadata-location"?: string;
    readonly error?: { readonly type: string };
    readonly identifiers?: readonly object[];
  };
}

const TABLES = "namespaces/same/tables";
const TABLE = `${TABLES}/t`;
const NONE = "00000000-0000-4000-8000-000000000000";

/**
 * Sends the same requests to Iceberg's server and to the fake that the tests use, and compares what they answer: the status, the word for
 * the error, and the table but for what is random.
 *
 * @returns how many requests
 * @throws Error that names the requests that were answered differently
 */
export async function compareWithFake(url: string): Promise<string> {
  await using fake = await startRestServer();
  const steps = stepsOf(Date.now());
  const tables = new Map<string, Table>();
  const problems: string[] = [];
  for (const step of steps) {
    const [real, ours] = await Promise.all(
      [url, fake.url].map(async (base) => {
        const answer = await send(base, step, tables.get(base));
        if (answer.json.metadata !== undefined) tables.set(base, answer.json.metadata);
        return comparable(answer);
      }),
    );
    if (!isDeepStrictEqual(real, ours)) problems.push(difference(step.name, real, ours));
  }
  if (problems.length > 0) throw new Error(problems.join("; "));
  return `${steps.length} requests`;
}

function stepsOf(nowMs: number): readonly Step[] {
  const wanted = { location: "/w", columns: EVERY_TYPE_COLUMNS, properties: { cursor: "0" }, nowMs };
  const make = createRequest("t", newTable(wanted));
  const commit = (name: string, updates: readonly object[], requirement?: object): Step => ({
    name,
    path: TABLE,
    body: { requirements: requirement === undefined ? [] : [requirement], updates },
  });
  const snapshot = (id: number, parent: number | null, more: object = {}): readonly object[] => [
    {
      action: "add-snapshot",
      snapshot: {
        "snapshot-id": id,
        "sequence-number": id,
        ...(parent !== null && { "parent-snapshot-id": parent }),
        "timestamp-ms": nowMs + id,
        "manifest-list": `/w/${id}.avro`,
        summary: { operation: "append" },
        "schema-id": 0,
        ...more,
      },
    },
    { action: "set-snapshot-ref", "ref-name": "main", type: "branch", "snapshot-id": id },
  ];
  const onMain = (id: number | null): object => ({
    type: "assert-ref-snapshot-id",
    ref: "main",
    "snapshot-id": id,
  });
  const remove = (id: number): Step =>
    commit(`removes snapshot ${id}`, [{ action: "remove-snapshots", "snapshot-ids": [id] }]);
  const namespace = { namespace: ["same"], properties: {} };
  return [
    { name: "lists where there is no namespace", path: `${TABLES}?pageToken=` },
    { name: "an unknown path", path: "elsewhere" },
    { name: "makes a table where there is no namespace", path: TABLES, body: make },
    { name: "makes a namespace", path: "namespaces", body: namespace },
    { name: "makes it again", path: "namespaces", body: namespace },
    { name: "loads where there is no table", path: TABLE },
    commit("commits where there is no table", []),
    { name: "makes a table", path: TABLES, body: make },
    { name: "makes it again", path: TABLES, body: make },
    { name: "lists", path: `${TABLES}?pageToken=` },
    commit("sets a property", [{ action: "set-properties", updates: { a: "1" } }]),
    commit("removes it", [{ action: "remove-properties", removals: ["a"] }]),
    commit("changes nothing", []),
    commit("wants to make it", [], { type: "assert-create" }),
    commit("wants another table", [], { type: "assert-table-uuid", uuid: NONE }),
    commit("wants another schema", [], { type: "assert-current-schema-id", "current-schema-id": 9 }),
    commit("wants other columns", [], {
      type: "assert-last-assigned-field-id",
      "last-assigned-field-id": 3,
    }),
    commit("adds the first snapshot", snapshot(1, null), onMain(null)),
    commit("adds it again", snapshot(1, null), onMain(null)),
    commit("adds its id again", snapshot(1, 1, { "sequence-number": 2 })),
    commit("adds one that is too old", snapshot(2, 1, { "sequence-number": 1 })),
    commit("adds one of tomorrow", snapshot(2, 1, { "timestamp-ms": nowMs + 86_400_000 })),
    commit("adds one of yesterday", snapshot(2, 1, { "timestamp-ms": nowMs - 86_400_000 })),
    commit("refers to none", snapshot(2, 1).slice(1)),
    commit("adds the second snapshot", snapshot(2, 1), onMain(1)),
    commit("adds the third snapshot", snapshot(3, 2), onMain(2)),
    commit("adds the fourth snapshot", snapshot(4, 3), onMain(3)),
    remove(1),
    remove(3),
    remove(9),
    { name: "adds a column", path: TABLE, body: widened },
    { name: "adds it again", path: TABLE, body: repeated },
    remove(4),
    { name: "loads", path: TABLE },
  ];
}

function widened(table: Table): object {
  const fields = table.schemas.at(-1)?.fields ?? [];
  const id = table["last-column-id"] + 1;
  return added([...fields, { id, name: "added", required: false, type: "decimal(9,2)", doc: "d" }], id);
}

function repeated(table: Table): object {
  return added(table.schemas.at(-1)?.fields ?? [], table["last-column-id"]);
}

function added(fields: readonly object[], last: number): object {
  const schema = { type: "struct", "schema-id": 77, fields };
  return {
    requirements: [],
    updates: [
      { action: "add-schema", schema, "last-column-id": last },
      { action: "set-current-schema", "schema-id": -1 },
    ],
  };
}

async function send(base: string, { path, body }: Step, table: Table | undefined): Promise<Answer> {
  const sent = typeof body === "function" && table !== undefined ? body(table) : body;
  const response = await fetch(`${base}/v1/${path}`, {
    ...(sent !== undefined && { method: "POST", body: JSON.stringify(sent) }),
    headers: { "content-type": "application/json" },
  });
  return { status: response.status, json: (await response.json()) as Answer["json"] };
}

/** What two servers must agree about. */
function comparable({ status, json }: Answer): object {
  const { metadata, error, identifiers } = json;
  if (error !== undefined) return { status, type: error.type };
  if (metadata === undefined) return { status, identifiers };
  const table = metadata as unknown as Readonly<Record<string, unknown>>;
  const { "table-uuid": _uuid, location: _location, "last-updated-ms": _updated, ...rest } = table;
  const log = table["metadata-log"] as readonly object[];
  const version = /\/(\d+)-[^/]*$/.exec(json["metadata-location"] ?? "")?.[1];
  return { status, version, table: { ...rest, "metadata-log": log.length } };
}

/** Names the members that differ; the whole table would be pages. */
function difference(name: string, real: object | undefined, ours: object | undefined): string {
  const [a, b] = [real, ours].map((one) => membersOf(one)) as [Map<string, string>, Map<string, string>];
  const differing = [...new Set([...a.keys(), ...b.keys()])].filter((key) => a.get(key) !== b.get(key));
  const shown = differing.slice(0, 3).map((key) => `${key} is ${a.get(key)}, the fake's ${b.get(key)}`);
  return `${name}: ${shown.join(", ")}`;
}

function membersOf(value: unknown, path = ""): Map<string, string> {
  if (typeof value !== "object" || value === null) return new Map([[path, String(value)]]);
  const entries = Object.entries(value);
  if (entries.length === 0) return new Map([[path, "empty"]]);
  return new Map(entries.flatMap(([key, inner]) => [...membersOf(inner, `${path}/${key}`)]));
}

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Column } from "../../src/core/columns.ts";
import { parseJson, stringifyJson } from "../../src/core/json.ts";
import type { Lake, LakeTable } from "../../src/lake/lake.ts";
import type { NestedField, TableMetadata } from "../../src/lake/spec/types.ts";
import { entryOf } from "../../src/lake/staged-file.ts";
import { openQuery } from "../../src/query/open-query.ts";
import { SMALL_COLUMNS } from "./support/columns.ts";
import { append, testTable } from "./support/test-lake.ts";

const HOUR_SPEC = {
  "spec-id": 1,
  fields: [{ "source-id": 1, "field-id": 1001, name: "ts_hour", transform: "hour" }],
};
const WITH_NOTE: readonly Column[] = [...SMALL_COLUMNS, { name: "note", type: "string" }];

describe("lake.evolve of a table that another engine changed", () => {
  let warehouse: string;
  let lake: Lake;
  let table: LakeTable;

  beforeEach(async () => {
    warehouse = await mkdtemp(join(tmpdir(), "duolake-evolve-test-"));
    ({ lake, table } = await testTable(warehouse));
    ({ table } = await append(table, [{ ts: "2026-01-05T10:00:00Z", n: 1 }]));
  });

  afterEach(() => rm(warehouse, { recursive: true, force: true }));

  /** Commits metadata as another engine would. */
  async function change(with_: (metadata: TableMetadata) => TableMetadata): Promise<void> {
    const { metadataLocation } = table;
    const metadata = parseJson(await readFile(metadataLocation, "utf8")) as unknown as TableMetadata;
    const version = Number(/v(\d+)\.metadata\.json$/.exec(metadataLocation)?.[1]);
    const next = metadataLocation.replace(`v${version}.metadata`, `v${version + 1}.metadata`);
    await writeFile(next, stringifyJson(with_(metadata)));
    table = await table.reload();
    expect(table.metadataLocation).toBe(next);
  }

  test("goes on under day(ts) and the order by ts where other ones became the default", async () => {
    await change((metadata) => ({
      ...metadata,
      "partition-specs": [...metadata["partition-specs"], HOUR_SPEC],
      "default-spec-id": 1,
      "last-partition-id": 1001,
      "sort-orders": [
        ...metadata["sort-orders"],
        {
          "order-id": 2,
          fields: [{ transform: "identity", "source-id": 3, direction: "desc", "null-order": "nulls-last" }],
        },
      ],
      "default-sort-order-id": 2,
    }));
    table = await lake.evolve(table, WITH_NOTE);
    const writer = table.writer();
    writer.add({ ts: "2026-01-06T10:00:00Z", n: 2, note: "new" });
    const { files } = await writer.finish();
    expect(files.map(entryOf)).toMatchObject([{ partition: { ts_day: 20_459 }, sort_order_id: 1 }]);
    await table.discard(files);
    ({ table } = await append(table, [{ ts: "2026-01-06T10:00:00Z", n: 2, note: "new" }]));
    const { rows } = await openQuery(lake, "SELECT n, note FROM duo_auth ORDER BY n");
    const all: unknown[] = [];
    for await (const some of rows) all.push(...some);
    expect(all).toEqual([
      [1, null],
      [2, "new"],
    ]);
    expect(await table.files({ fromUs: Date.UTC(2026, 0, 6) * 1000 })).toHaveLength(1);
  });

  test("refuses a table that lost day(ts) before anything is written", async () => {
    await change((metadata) => ({
      ...metadata,
      "partition-specs": [HOUR_SPEC],
      "default-spec-id": 1,
      "last-partition-id": 1001,
    }));
    const before = (await readdir(warehouse, { recursive: true })).toSorted();
    for (const columns of [SMALL_COLUMNS, WITH_NOTE]) {
      await expect(lake.evolve(table, columns)).rejects.toMatchObject({
        code: "lake_format_unsupported",
        message: expect.stringContaining(
          "duo_auth with these columns: column ts: the table is not partitioned",
        ),
      });
    }
    expect((await readdir(warehouse, { recursive: true })).toSorted()).toEqual(before);
  });

  test("names every conflict in one error and leaves out also what could be added", async () => {
    const wanted: readonly Column[] = [
      { name: "ts", type: "timestamptz" },
      { name: "event", type: { type: "struct", fields: [{ name: "hash", type: "long" }] } },
      { name: "n", type: "string" },
      { name: "note", type: "string" },
    ];
    await expect(lake.evolve(table, wanted)).rejects.toMatchObject({
      code: "lake_schema_conflict",
      message: expect.stringMatching(/column event\.hash: .*string.*long; column n: .*int.*string$/),
    });
    expect((await table.reload()).columns).toEqual(SMALL_COLUMNS);
  });

  test("a member that was dropped comes back with the values that its files hold", async () => {
    ({ table } = await append(table, [{ ts: "2026-01-05T11:00:00Z", n: 2, event: { hash: "kept" } }]));
    await change((metadata) => ({
      ...metadata,
      schemas: [
        ...metadata.schemas,
        ...metadata.schemas.map((schema) => ({
          ...schema,
          "schema-id": 1,
          fields: schema.fields.map((field) =>
            typeof field.type === "object" && field.type.type === "struct"
              ? {
                  ...field,
                  type: { ...field.type, fields: field.type.fields.filter(({ name }) => name !== "hash") },
                }
              : field,
          ),
        })),
      ],
      "current-schema-id": 1,
    }));
    await lake.evolve(table, SMALL_COLUMNS);
    const { rows } = await openQuery(lake, "SELECT n, event.hash FROM duo_auth ORDER BY n");
    const all: unknown[] = [];
    for await (const some of rows) all.push(...some);
    expect(all).toEqual([
      [1, null],
      [2, "kept"],
    ]);
  });

  test("a table with a renamed member is neither queried nor compacted, for both would lose what files hold", async () => {
    ({ table } = await append(table, [{ ts: "2026-01-05T11:00:00Z", n: 2, event: { hash: "kept" } }]));
    await change((metadata) => ({
      ...metadata,
      schemas: metadata.schemas.flatMap((schema) => [
        schema,
        {
          ...schema,
          "schema-id": 1,
          fields: schema.fields.map((field) =>
            typeof field.type === "object" && field.type.type === "struct"
              ? { ...field, type: { ...field.type, fields: field.type.fields.map(renamed) } }
              : field,
          ),
        },
      ]),
      "current-schema-id": 1,
    }));
    const refused = {
      code: "lake_format_unsupported",
      message: expect.stringContaining("event.digest") as string,
    };
    await expect(openQuery(lake, "SELECT n FROM duo_auth")).rejects.toMatchObject(refused);
    await expect(lake.maintain(table.name)).rejects.toMatchObject(refused);
    expect((await table.reload()).metadataLocation).toBe(table.metadataLocation);
  });
});

function renamed(field: NestedField): NestedField {
  return field.name === "hash" ? { ...field, name: "digest" } : field;
}

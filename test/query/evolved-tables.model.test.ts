import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Column, walkLeaves } from "../../src/core/columns.ts";
import type { Json } from "../../src/core/json.ts";
import type { Row } from "../../src/core/row.ts";
import type { FieldType, Schema } from "../../src/lake/spec/types.ts";
import { promotes } from "../../src/lake/spec/evolve.ts";
import { internalsOf } from "../../src/lake/table.ts";
import { createRandom, type Random } from "../support/random.ts";
import { type QueryLake, queryLake } from "./support/query-lake.ts";
import {
  changedColumns,
  randomColumns,
  randomValue,
  shown,
  unitedColumns,
} from "./support/random-columns.ts";

const OWN: readonly Column[] = [
  { name: "ts", type: "timestamptz" },
  { name: "key", type: "long" },
];

/** A snapshot as it must be seen for ever. */
interface Seen {
  readonly snapshotId: bigint;
  readonly columns: readonly Column[];
  readonly rowCount: number;
}

function randomRows(random: Random, columns: readonly Column[], from: number): Row[] {
  return Array.from({ length: random.between(1, 4) }, (_, i) => ({
    // All in a day that is over, so that maintenance makes one file of them.
    ts: `2026-01-05T1${random.between(0, 9)}:00:00Z`,
    key: from + i,
    ...Object.fromEntries(columns.map(({ name, type }) => [name, randomValue(random, type)])),
  }));
}

/** What a question for everything must answer. */
function answer(rows: readonly Row[], columns: readonly Column[]): unknown {
  return {
    columns: columns.map(({ name }) => name),
    rows: rows.map((row) => columns.map(({ name, type }) => shown(row[name] as Json, type))),
  };
}

/** Asks for each member of structs by its dotted name. */
async function checkMembers(
  lake: QueryLake,
  rows: readonly Row[],
  columns: readonly Column[],
): Promise<void> {
  const paths: string[] = [];
  walkLeaves(columns, (path) => paths.push(path));
  const { rows: got } = await lake.ask(`SELECT ${paths.join(", ")} FROM duo_auth ORDER BY key`);
  const whole = rows.map((row) =>
    shown(row as unknown as Json, { type: "struct", fields: columns }),
  ) as readonly Readonly<Record<string, Json>>[];
  const at = (row: Json, path: string): Json =>
    path
      .split(".")
      .reduce<Json>((value, name) => (value as Readonly<Record<string, Json>> | null)?.[name] ?? null, row);
  expect(got).toEqual(whole.map((row) => paths.map((path) => at(row, path))));
}

/** Every field id means one path for ever, and its type only widens. */
function checkIds(schemas: readonly Schema[], lastColumnId: number): void {
  const known = new Map<number, { path: string; type: string }>();
  const visit = (id: number, path: string, type: FieldType): void => {
    const kind = typeof type === "string" ? type : type.type;
    const before = known.get(id);
    expect(path).toBe(before?.path ?? path);
    expect(kind === (before?.type ?? kind) || promotes(before?.type ?? "", kind)).toBe(true);
    expect(id).toBeLessThanOrEqual(lastColumnId);
    known.set(id, { path, type: kind });
    if (typeof type === "string") return;
    if (type.type === "list") visit(type["element-id"], `${path}.element`, type.element);
    if (type.type === "struct") {
      for (const field of type.fields) visit(field.id, `${path}.${field.name}`, field.type);
    }
  };
  for (const { fields } of schemas) for (const { id, name, type } of fields) visit(id, name, type);
  const paths = [...known.values()].map(({ path }) => path);
  expect(new Set(paths).size).toBe(paths.length);
}

async function live(seeds: readonly number[]): Promise<void> {
  await using lake = await queryLake();
  const rows: Row[] = [];
  const seen: Seen[] = [];
  let columns: readonly Column[] = OWN;
  await lake.create("duo_auth", columns, []);
  for (const [step, seed] of seeds.entries()) {
    const random = createRandom(seed);
    const given = step === 0 ? randomColumns(random) : changedColumns(random, columns.slice(OWN.length));
    columns = unitedColumns(columns, given);
    const table = await lake.lake.load("duo_auth");
    if (table === undefined) throw new Error("the table is gone");
    const evolved = await lake.lake.evolve(table, [...OWN, ...given]);
    expect(evolved.columns).toEqual(columns);
    const added = randomRows(random, columns.slice(OWN.length), rows.length);
    const { snapshotId } = await lake.append("duo_auth", added);
    rows.push(...added);
    seen.push({ snapshotId: snapshotId ?? 0n, columns, rowCount: rows.length });
    expect(await lake.ask("FROM duo_auth ORDER BY key")).toEqual(answer(rows, columns));
    if (random.chance(0.25)) await lake.lake.maintain("duo_auth");
  }
  await checkMembers(lake, rows, columns);
  for (const { snapshotId, columns: then, rowCount } of seen) {
    const past = await lake.ask("FROM duo_auth ORDER BY key", { asOf: { snapshotId } });
    expect(past).toEqual(answer(rows.slice(0, rowCount), then));
  }
  const table = await lake.lake.load("duo_auth");
  if (table === undefined) throw new Error("the table is gone");
  const { schemas, "last-column-id": lastColumnId } = internalsOf(table).loaded.metadata;
  checkIds(schemas, lastColumnId);
}

test("a table that is evolved again and again keeps every value, shows null where a row is older, and every snapshot stays as it was", async () => {
  const seeds = fc.array(fc.integer({ min: 0 }), { minLength: 2, maxLength: 5 });
  await fc.assert(fc.asyncProperty(seeds, live), { numRuns: 12 });
}, 120_000);

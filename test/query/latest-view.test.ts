import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Column } from "../../src/core/columns.ts";
import type { Row } from "../../src/core/row.ts";
import { latestView } from "../../src/query/latest-view.ts";
import { queryLake } from "./support/query-lake.ts";

const text = (name: string): Column => ({ name, type: "string" });
const struct = (name: string, fields: readonly Column[]): Column => ({
  name,
  type: { type: "struct", fields },
});
const instant = (name: string): Column => ({ name, type: "timestamptz" });
const PLAIN: readonly Column[] = [
  instant("ts"),
  struct("event", [text("id"), text("hash"), instant("created")]),
  struct("duo", [struct("trust_monitor", [text("state"), instant("state_updated_timestamp")])]),
];
const OWNED: readonly Column[] = [...PLAIN, struct("cloud", [struct("account", [text("id")])])];
const at = (minute: number): string => `2026-03-12T15:${String(minute).padStart(2, "0")}:00Z`;

interface Version {
  readonly id?: string;
  readonly hash: string;
  readonly created: number;
  readonly updated?: number;
  readonly owner?: string;
}

function row({ id, hash, created, updated, owner }: Version): Row {
  return {
    ts: at(0),
    event: { ...(id !== undefined && { id }), hash, created: at(created) },
    duo: {
      trust_monitor: { state: hash, ...(updated !== undefined && { state_updated_timestamp: at(updated) }) },
    },
    ...(owner !== undefined && { cloud: { account: { id: owner } } }),
  };
}

const SQL = "SELECT event.hash AS hash FROM duo_trust_monitor_latest ORDER BY hash";

test("latestView shows the version that was fetched last, of equals the one that changed last, then by identity", async () => {
  await using lake = await queryLake();
  await lake.create("duo_trust_monitor", PLAIN, [
    row({ id: "fetched", hash: "old", created: 1, updated: 9 }),
    row({ id: "fetched", hash: "fetched-last", created: 3 }),
    row({ id: "fetched", hash: "between", created: 2 }),
    row({ id: "changed", hash: "zz-never-changed", created: 4 }),
    row({ id: "changed", hash: "changed-last", created: 4, updated: 3 }),
    row({ id: "equal", hash: "equal-a", created: 5 }),
    row({ id: "equal", hash: "equal-b", created: 5 }),
    row({ hash: "nameless-1", created: 6 }),
    row({ hash: "nameless-2", created: 6 }),
  ]);
  const { rows } = await lake.ask(SQL);
  expect(rows.flat()).toEqual(["changed-last", "equal-b", "fetched-last", "nameless-1", "nameless-2"]);
  const [, documented = ""] =
    /## Last versions[^]*?```sql\n([^]*?)```/.exec(readFileSync("docs/engines.md", "utf8")) ?? [];
  const same = await lake.ask(`SELECT event.hash AS hash FROM (${documented}) ORDER BY hash`);
  expect(same.rows).toEqual(rows);
  const [whole] = (await lake.ask("SELECT count(*) FROM duo_trust_monitor")).rows;
  expect(whole).toEqual([9]);
  const names = (await lake.ask("SHOW TABLES")).rows.flat();
  expect(names).toEqual(["duo_trust_monitor", "duo_trust_monitor_latest"]);
});

test("latestView keeps the events of child accounts apart", async () => {
  await using lake = await queryLake();
  await lake.create("duo_trust_monitor", OWNED, [
    row({ id: "same", hash: "a", created: 1, owner: "DA1" }),
    row({ id: "same", hash: "b", created: 2, owner: "DA2" }),
    row({ id: "same", hash: "own", created: 3 }),
  ]);
  expect((await lake.ask(SQL)).rows.flat()).toEqual(["a", "b", "own"]);
});

test("a table of the view's name is shown as it is", async () => {
  await using lake = await queryLake();
  await lake.create("duo_trust_monitor", PLAIN, [row({ id: "x", hash: "versions", created: 1 })]);
  await lake.create("duo_trust_monitor_latest", PLAIN, [row({ id: "x", hash: "mine", created: 1 })]);
  expect((await lake.ask(SQL)).rows.flat()).toEqual(["mine"]);
});

test("latestView knows tables with versions only", () => {
  expect(latestView({ name: "duo_auth", columns: PLAIN })).toBeUndefined();
  expect(latestView({ name: "duo_trust_monitor", columns: PLAIN.slice(0, 2) })).toBeUndefined();
  expect(latestView({ name: "duo_eu_trust_monitor", columns: PLAIN })?.name).toBe(
    "duo_eu_trust_monitor_latest",
  );
});

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { keysOf, startDuoShell, tablesOf } from "./support/cli.ts";

const KEYS = [
  "source",
  "table",
  "stream",
  "watermark",
  "lag_seconds",
  "rows",
  "files",
  "last_pull_at",
  "last_error",
  "backfill",
  "gaps",
  "account",
  "stream_since",
  "drift",
  "dead_letters",
  "last_day_reread",
  "last_week_reread",
  "reread_requests_per_day",
  "waiting",
];

describe("status", () => {
  test("before the first pull everything is unknown, and nothing is asked", async () => {
    await using shell = await startDuoShell();
    const ran = await shell.run(["status", "--json"]);
    expect(ran.code).toBe(0);
    const tables = tablesOf(ran);
    expect(tables.map(({ table }) => table)).toEqual(["admin", "auth"]);
    for (const table of tables) {
      expect(keysOf(table)).toEqual(expect.arrayContaining(KEYS));
      expect(table).toMatchObject({
        source: "duo",
        stream: null,
        watermark: null,
        lag_seconds: null,
        rows: 0,
        files: 0,
        last_pull_at: null,
        last_error: null,
        backfill: null,
      });
    }
    expect((await shell.run(["status"])).out).toMatch(/duo_auth +never pulled +0 +0\n/);
    expect(shell.asked()).toEqual([]);
  });

  test("after a pull it shows how far each table is and what it holds", async () => {
    await using shell = await startDuoShell({ tables: ["auth"] });
    const before = Date.now();
    const [pulled] = tablesOf(await shell.run(["pull", "--json"]));
    const [auth] = tablesOf(await shell.run(["status", "--json"]));
    expect(auth).toMatchObject({
      stream: "authentication_v2",
      watermark: pulled?.["watermark"],
      rows: pulled?.["appended"],
      last_error: null,
    });
    expect(auth?.["files"]).toBeGreaterThan(0);
    expect(auth?.["lag_seconds"]).toBeGreaterThanOrEqual(120);
    expect(auth?.["lag_seconds"]).toBeLessThan(180);
    expect(Date.parse(String(auth?.["last_pull_at"]))).toBeGreaterThanOrEqual(before);
    expect((await shell.run(["status"])).out).toMatch(
      /duo_auth +authentication_v2 +2 min .*ago +[\d,]+ +\d+ +\d+ s ago +not begun/,
    );
  });

  test("a damaged note about the last pull is as good as none", async () => {
    await using shell = await startDuoShell({ tables: ["auth"] });
    const folder = join(shell.dir, ".duolake", "status");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "duo_auth.json"), '{"lastPullAt":');
    const ran = await shell.run(["status", "--json"]);
    expect(ran.code).toBe(0);
    expect(ran.json()).toMatchObject({ tables: [{ last_pull_at: null, last_error: null }] });
  });
});

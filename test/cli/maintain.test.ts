import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { testLake } from "../lake/support/test-lake.ts";
import { type DuoShell, keysOf, startDuoShell, tablesOf } from "./support/cli.ts";

const SMALL = { users: 10, days: 3, attacks: false };

/** Appends rows of a day long ago, each in a file of its own. */
async function appendOld(shell: DuoShell, count: number): Promise<void> {
  const lake = await testLake(join(shell.dir, "lake"));
  let table = await lake.load("duo_auth");
  for (let i = 0; i < count && table !== undefined; i += 1) {
    const writer = table.writer();
    writer.add({ ts: `2026-01-05T10:00:0${i}Z`, event: { hash: `old ${i}` } });
    const { files } = await writer.finish();
    const fence = { key: "test.fence", from: table.properties["test.fence"], to: String(i) };
    table = await table.commit({ files, setProperties: {}, compareAndSet: fence });
  }
}

async function rowsOf(shell: DuoShell): Promise<unknown> {
  const { json } = await shell.run(["query", "--json", "SELECT * FROM duo_auth ORDER BY event.hash"]);
  return json();
}

describe("maintain", () => {
  test("makes one file of the small ones of a day, says so, asks Duo for nothing and changes no row", async () => {
    await using shell = await startDuoShell({ tables: ["auth"], simulator: SMALL });
    await shell.run(["pull"]);
    await appendOld(shell, 5);
    const before = await rowsOf(shell);
    shell.simulator.ledger.clearRequests();
    const tried = await shell.run(["maintain", "--dry-run", "--json"]);
    const ran = await shell.run(["maintain", "--json"]);
    expect({ code: ran.code, err: ran.err }).toEqual({ code: 0, err: "" });
    expect(shell.asked()).toEqual([]);
    const [auth, letters, completeness] = tablesOf(ran);
    expect(keysOf(auth)).toEqual([
      "source",
      "table",
      "files_before",
      "files_after",
      "bytes_before",
      "bytes_after",
      "compacted",
      "given_up",
      "snapshots_expired",
      "files_expired",
      "orphans",
      "orphan_bytes",
      "orphan_paths",
      "metadata_files",
      "metadata_bytes",
      "dry_run",
      "seconds",
      "skipped",
      "error",
    ]);
    expect(auth).toMatchObject({ source: "duo", table: "auth", orphans: 0, skipped: null, error: null });
    expect(auth).toMatchObject({ compacted: 5, files_after: Number(auth?.["files_before"]) - 4 });
    expect(Number(auth?.["bytes_after"])).toBeLessThan(Number(auth?.["bytes_before"]));
    expect(letters).toMatchObject({ table: "dead_letter", compacted: 0 });
    expect(completeness).toMatchObject({ table: "completeness", skipped: "no_table", files_before: null });
    const [planned] = tablesOf(tried);
    for (const key of ["files_before", "files_after", "bytes_before", "compacted"]) {
      expect([key, planned?.[key]]).toEqual([key, auth?.[key]]);
    }
    const again = tablesOf(await shell.run(["maintain", "--json", "--table", "auth"]));
    expect(again).toMatchObject([{ table: "auth", compacted: 0, files_before: auth?.["files_after"] }]);
    expect(await rowsOf(shell)).toEqual(before);
  });

  test("prints a line for each table", async () => {
    await using shell = await startDuoShell({ tables: ["auth"], simulator: SMALL });
    const none = await shell.run(["maintain"]);
    expect(none).toMatchObject({
      code: 0,
      out: expect.stringContaining("There is no table to maintain yet"),
    });
    await shell.run(["pull"]);
    const { code, out, err } = await shell.run(["maintain"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^table +files +to +size +to +snapshots +expired files +orphans +metadata\n/);
    expect(out).toMatch(
      /\nduo_auth +\d+ +\d+ +[\d.]+ kB +[\d.]+ kB +-0 +-0 +0 +\d+ \([\d.]+ kB\) +nothing to do\n/,
    );
  });

  test("refuses a table that there is not, and names the one that was meant", async () => {
    await using shell = await startDuoShell({ tables: ["auth"], simulator: SMALL });
    const { code, err } = await shell.run(["maintain", "--table", "dead_leter"]);
    expect(code).toBe(2);
    expect(err).toContain("did you mean dead_letter?");
  });
});

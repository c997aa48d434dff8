import { describe, expect, test } from "vitest";
import { type DuoShell, keysOf, startDuoShell, tablesOf } from "./support/cli.ts";

const SMALL = { users: 10, days: 3, attacks: false };

/** A log entry that is no event: it becomes a dead letter. */
function injectRubbish(shell: DuoShell): void {
  const atMs = Date.now() - 3_600_000;
  shell.simulator.inject("authentication_v2", ["no object"] as never, { atMs, visibleAtMs: 0 });
}

describe("replay", () => {
  test("maps rows and dead letters again, without asking Duo, and says what came of it", async () => {
    await using shell = await startDuoShell({ tables: ["auth", "admin"], simulator: SMALL });
    injectRubbish(shell);
    await shell.run(["pull"]);
    shell.simulator.ledger.clearRequests();
    const ran = await shell.run(["replay", "--json"]);
    expect({ code: ran.code, err: ran.err }).toEqual({ code: 0, err: "" });
    expect(shell.asked()).toEqual([]);
    const [admin, auth] = tablesOf(ran);
    expect(keysOf(auth)).toEqual([
      "source",
      "table",
      "rows",
      "changed",
      "kept",
      "letters",
      "replayed",
      "reasons",
      "error",
    ]);
    expect(admin).toMatchObject({ table: "admin", changed: 0, letters: 0, reasons: {}, error: null });
    const counted = (await shell.run(["query", "--json", "SELECT count(*) AS rows FROM duo_auth"])).json();
    expect(auth).toMatchObject({
      source: "duo",
      table: "auth",
      rows: (counted as readonly { readonly rows: number }[])[0]?.rows,
      changed: 0,
      kept: 0,
      letters: 1,
      replayed: 0,
      reasons: { not_an_object: 1 },
      error: null,
    });
  });

  test("prints a table, and why a letter stays; --dead-letters-only leaves rows alone", async () => {
    await using shell = await startDuoShell({ tables: ["auth"], simulator: SMALL });
    injectRubbish(shell);
    await shell.run(["pull"]);
    const { code, out } = await shell.run(["replay", "--dead-letters-only", "--dry-run"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^table +rows +changed +kept +letters +replayed\n/);
    expect(out).toMatch(/\nduo_auth +0 +0 +0 +1 +0 +nothing to change\n/);
    expect(out).toContain("duo_auth: 1 cannot be mapped: not_an_object\n");
  });

  test("--since leaves older rows out", async () => {
    await using shell = await startDuoShell({ tables: ["auth"], simulator: SMALL });
    await shell.run(["pull"]);
    const rows = tablesOf(await shell.run(["replay", "--since", "1m", "--json"]))[0]?.["rows"];
    expect(rows).toBe(0);
  });

  test("that was never pulled has nothing to do: exit code 0", async () => {
    await using shell = await startDuoShell({ tables: ["auth"], secretKey: null });
    const ran = await shell.run(["replay", "--json"]);
    expect(ran.code).toBe(0);
    expect(tablesOf(ran)).toMatchObject([{ rows: 0, letters: 0, error: null }]);
  });

  test("whose child accounts cannot be listed fails: exit code 1", async () => {
    await using shell = await startDuoShell({ tables: ["auth"], properties: ["accounts: all"] });
    const target = "/accounts/v1/account/list";
    shell.simulator.faults.add({ kind: "error_code", code: 40301, target, times: 0 });
    const ran = await shell.run(["replay"]);
    expect(ran.code).toBe(1);
    expect(ran.out).toMatch(/\nduo_auth .* failed: duo_forbidden\n/);
  });

  test.each([
    [["--since", "soon"], "a duration such as 7d"],
    [["--table", "auht"], "did you mean auth?"],
    [["--until", "2026-01-01"], "unknown option"],
  ])("%j is wrong usage: exit code 2", async (options, said) => {
    await using shell = await startDuoShell();
    const { code, out, err } = await shell.run(["replay", ...options]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(said);
  });
});

import { describe, expect, test } from "vitest";
import { type DuoShell, keysOf, startDuoShell, tablesOf } from "./support/cli.ts";

const HOUR_MS = 3_600_000;
const SMALL = { users: 10, days: 5, attacks: false };

/** Events that Duo shows only now, although they are hours old. */
function deliverLate(shell: DuoShell, count: number): number {
  const atMs = Date.now() - 10 * HOUR_MS;
  const [usual] = shell.simulator.ledger.expected("authentication_v2");
  const events = Array.from({ length: count }, (_, index) => ({
    ...(usual as object),
    txid: `late-${index}`,
    timestamp: Math.floor(atMs / 1000),
    isotimestamp: new Date(atMs).toISOString().replace("Z", "+00:00"),
  }));
  shell.simulator.inject("authentication_v2", events, { visibleAtMs: 0 });
  return Math.floor(atMs / HOUR_MS) * HOUR_MS;
}

async function ask(shell: DuoShell, sql: string): Promise<unknown> {
  return (await shell.run(["query", "--json", sql])).json();
}

describe("verify", () => {
  test("appends what was missing, says of which hour, and keeps what it found", async () => {
    await using shell = await startDuoShell({ tables: ["auth"], simulator: SMALL });
    await shell.run(["pull"]);
    const hourMs = deliverLate(shell, 3);
    const ran = await shell.run(["verify", "--since", "11h", "--json"]);
    expect({ code: ran.code, err: ran.err }).toEqual({ code: 0, err: "" });
    const [auth] = tablesOf(ran);
    expect(keysOf(auth)).toEqual([
      "source",
      "table",
      "stream",
      "from",
      "to",
      "expected",
      "attempts",
      "present",
      "healed",
      "missing",
      "requests",
      "hours",
      "attempts_problem",
      "skipped",
      "error",
    ]);
    expect(auth).toMatchObject({ healed: 3, missing: 0, skipped: null, error: null, attempts_problem: null });
    expect(auth?.["expected"]).toBe(Number(auth?.["present"]) + 3);
    const hours = auth?.["hours"] as readonly Record<string, unknown>[];
    expect(hours).toMatchObject([{ hour: new Date(hourMs).toISOString(), healed: 3, missing: 0 }]);

    const stored = "SELECT CAST(count(*) AS INT) AS count FROM duo_auth WHERE event.original LIKE '%late-%'";
    expect(await ask(shell, stored)).toEqual([{ count: 3 }]);
    const kept = `SELECT ts, "table", stream, healed, missing FROM duo_completeness WHERE healed > 0`;
    expect(await ask(shell, kept)).toEqual([
      {
        ts: new Date(hourMs).toISOString().replace(".000", ""),
        table: "auth",
        stream: "authentication_v2",
        healed: 3,
        missing: 0,
      },
    ]);
  });

  test("--hours lists what was healed, and says so where nothing was", async () => {
    await using shell = await startDuoShell({ tables: ["auth"], simulator: SMALL });
    await shell.run(["pull"]);
    deliverLate(shell, 2);
    const first = await shell.run(["verify", "--since", "11h", "--hours"]);
    expect(first.code).toBe(0);
    expect(first.out).toMatch(/^table +expected +present +healed +missing +attempts\n/);
    expect(first.out).toMatch(/\nduo_auth +\d+ +\d+ +2 +0 +\d+ +complete now\n/);
    expect(first.out).toMatch(/\nhour +table .*\n\d{4}-\S+ \d\d:00:00Z +duo_auth +\d+ +\d+ +2 +0 /);
    const second = await shell.run(["verify", "--since", "11h", "--hours"]);
    expect(second.out).toMatch(/ complete\n/);
    expect(second.out).toContain("No hour lacked anything.");
  });

  test("says from when on it compared where the table does not go back so far", async () => {
    await using shell = await startDuoShell({ tables: ["telephony"], simulator: SMALL });
    await shell.run(["pull"]);
    const { code, out } = await shell.run(["verify"]);
    expect(code).toBe(0);
    expect(out).toMatch(
      /duo_telephony: compared from \d{4}-.*Z on: the table holds nothing older yet; `duolake backfill`/,
    );
  });

  test("compares each child account of a provider, and keeps whose the hours are", async () => {
    await using shell = await startDuoShell({
      tables: ["telephony"],
      simulator: { ...SMALL, children: [{ users: 5 }, { users: 5 }] },
      properties: ["accounts: all"],
    });
    const ids = shell.simulator.children.map(({ accountId }) => accountId).sort();
    await shell.run(["pull"]);
    const ran = await shell.run(["verify", "--since", "2h", "--json"]);
    expect(ran.code).toBe(0);
    expect(tablesOf(ran).map(({ account, missing }) => [account, missing])).toEqual(ids.map((id) => [id, 0]));
    const kept = "SELECT DISTINCT account_id FROM duo_completeness ORDER BY 1";
    expect(await ask(shell, kept)).toEqual(ids.map((id) => ({ account_id: id })));
    expect((await shell.run(["verify", "--since", "2h"])).out).toContain(`duo_telephony of ${ids[0]} `);
  });

  test("leaves alone what was never pulled and what has no events: exit code 0", async () => {
    await using shell = await startDuoShell({ tables: ["auth", "summary"], simulator: SMALL });
    const ran = await shell.run(["verify", "--json"]);
    expect(ran.code).toBe(0);
    expect(tablesOf(ran)).toMatchObject([
      { table: "auth", skipped: "never_pulled", expected: null, hours: [], error: null },
      { table: "summary", skipped: "no_events", expected: null, hours: [], error: null },
    ]);
    expect(shell.asked()).toEqual([]);
    expect((await shell.run(["verify"])).out).toMatch(/duo_auth +never pulled; `duolake pull` begins\n/);
    expect((await shell.run(["status", "--json"])).json()).toMatchObject({ tables: [{ stream: null }, {}] });
  });

  test("a stream that fails is reported and holds up no other: exit code 3", async () => {
    await using shell = await startDuoShell({ tables: ["auth", "telephony"], simulator: SMALL });
    await shell.run(["pull"]);
    shell.simulator.faults.add({ kind: "error_code", code: 40301, target: "authentication_v2", times: 0 });
    const ran = await shell.run(["verify", "--since", "1d"]);
    expect(ran.code).toBe(3);
    expect(ran.out).toMatch(/\nduo_auth +failed: duo_forbidden\n/);
    expect(ran.out).toMatch(/\nduo_telephony +\d+ .* complete\n/);
    expect(ran.err).toContain("Grant read log");
  });

  test.each([
    [["--since", "soon"], "a duration such as 7d"],
    [["--table", "auht"], "did you mean auth?"],
    [["--until", "2026-01-01"], "unknown option"],
  ])("%j is wrong usage: exit code 2", async (options, said) => {
    await using shell = await startDuoShell();
    const { code, out, err } = await shell.run(["verify", ...options]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(said);
  });
});

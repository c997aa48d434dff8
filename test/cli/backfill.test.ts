import { describe, expect, test } from "vitest";
import { canonical } from "../support/canonical.ts";
import { compare, type Difference, NO_DIFFERENCE } from "../support/pull-harness.ts";
import { type DuoShell, keysOf, startDuoShell, tablesOf } from "./support/cli.ts";

const DAY_MS = 86_400_000;
const SMALL = { users: 10, days: 5, attacks: false };

async function originals(shell: DuoShell, table: string): Promise<string[]> {
  const asked = await shell.run(["query", "--json", `SELECT event.original AS original FROM duo_${table}`]);
  return (asked.json() as { original: string }[]).map(({ original }) => original);
}

/** Before the tests' first pull: what is younger may become visible after the last one, for here the clock is the machine's. */
const BEFORE_MS = 300_000;

/** Compares the table with the ledger from a time on, up to what Duo showed when `untilMs` was taken. */
async function difference(
  shell: DuoShell,
  { since, untilMs }: { readonly since: unknown; readonly untilMs: number },
): Promise<Difference> {
  const fromMs = Math.ceil(Date.parse(String(since)) / 1000) * 1000;
  const range = { fromMs, toMs: untilMs };
  const expected = shell.simulator.ledger.expected("authentication_v2", range).map(canonical);
  const found = (await originals(shell, "auth")).filter(
    (text) => Date.parse((JSON.parse(text) as { isotimestamp: string }).isotimestamp) <= untilMs,
  );
  expect(expected.length).toBeGreaterThan(0);
  return compare(expected, found);
}

describe("backfill", () => {
  test("pulls, then fetches what lies before, and --json prints just the promised keys", async () => {
    await using shell = await startDuoShell({ tables: ["auth", "summary"], simulator: SMALL });
    const untilMs = Date.now() - BEFORE_MS;
    const sinceMs = Date.now() - 3 * DAY_MS;
    const ran = await shell.run(["backfill", "--since", new Date(sinceMs).toISOString(), "--json"]);
    expect({ code: ran.code, err: ran.err }).toEqual({ code: 0, err: "" });
    const [auth, summary] = tablesOf(ran);
    expect(keysOf(auth)).toEqual([
      "source",
      "table",
      "stream",
      "since",
      "reached",
      "events",
      "appended",
      "duplicates",
      "rejected",
      "requests",
      "seconds",
      "skipped",
      "error",
    ]);
    expect(auth).toMatchObject({ source: "duo", table: "auth", stream: "authentication_v2", error: null });
    expect(Math.abs(Date.parse(String(auth?.["since"])) - sinceMs)).toBeLessThan(60_000);
    expect(auth?.["reached"]).toBe(auth?.["since"]);
    expect(auth?.["appended"]).toBe(auth?.["events"]);
    expect(auth?.["requests"]).toBeGreaterThan(0);
    expect(summary).toMatchObject({
      table: "summary",
      since: null,
      reached: null,
      events: 0,
      requests: 0,
      error: null,
    });

    expect(await difference(shell, { since: auth?.["since"], untilMs })).toEqual(NO_DIFFERENCE);
  });

  test("a second call says that nothing is left and asks for nothing but the pull", async () => {
    await using shell = await startDuoShell({ tables: ["auth"], simulator: SMALL });
    const first = await shell.run(["backfill", "--since", "3d"]);
    expect(first.code).toBe(0);
    expect(first.out).toMatch(/^source +table +complete from +events +new +rejected +requests +took\n/);
    expect(first.out).toMatch(/\nduo +auth +\d{4}-[^\n]* done\n/);
    shell.simulator.ledger.clearRequests();
    const second = await shell.run(["backfill", "--since", "3d"]);
    expect(second.code).toBe(0);
    expect(second.out).toMatch(/\nduo +auth +\d{4}-.* 0 +0 +0 +0 +\d+ .* +nothing left to do\n/);
    expect(shell.asked()).toHaveLength(1);
  });

  test("a stream that fails is reported and holds up no other: exit code 3", async () => {
    await using shell = await startDuoShell({ tables: ["auth", "telephony"], simulator: SMALL });
    shell.simulator.faults.add({ kind: "error_code", code: 40301, target: "authentication_v2", times: 0 });
    const ran = await shell.run(["backfill", "--since", "2d", "--json"]);
    expect(ran.code).toBe(3);
    const [auth, telephony] = tablesOf(ran);
    expect(auth).toMatchObject({ table: "auth", since: null, error: { code: "duo_forbidden" } });
    expect(telephony).toMatchObject({ table: "telephony", error: null });
    const text = await shell.run(["backfill", "--since", "2d"]);
    expect(text.out).toContain("failed: duo_forbidden");
    expect(text.err).toContain("Grant read log");
  });

  test("stopped before it began, it says where it goes on: exit code 1", async () => {
    await using shell = await startDuoShell({ tables: ["auth"], simulator: SMALL });
    const ran = await shell.run(["backfill", "--since", "2d"], { signal: AbortSignal.abort() });
    expect(ran.code).toBe(1);
    expect(ran.out).toMatch(/ stopped\n/);
    expect(ran.err).toBe(
      "duolake: stopped; the next `duolake backfill` or `duolake run` goes on from there\n",
    );
  });

  test("stopped on its way, it keeps what it has and goes on from there", async () => {
    await using shell = await startDuoShell({ tables: ["auth"], simulator: { ...SMALL, days: 20 } });
    const untilMs = Date.now() - BEFORE_MS;
    await shell.run(["pull"]);
    const stop = new AbortController();
    // The pull and one page of the backfill are answered; what comes after that would wait for a minute.
    const fault = { kind: "rate_limited", target: "authentication_v2", skip: 2, times: 0 } as const;
    shell.simulator.faults.add(fault);
    const ran = await shell.run(["backfill", "--since", "15d", "--json"], {
      signal: stop.signal,
      onErr: () => stop.abort(),
    });
    expect(ran.code).toBe(1);
    const [stoppedAt] = tablesOf(ran);
    expect(stoppedAt?.["error"]).toMatchObject({ code: "stopped" });
    expect(Date.parse(String(stoppedAt?.["reached"]))).toBeGreaterThan(
      Date.parse(String(stoppedAt?.["since"])),
    );
    shell.simulator.faults.clear();
    const again = await shell.run(["backfill", "--since", "15d", "--json"]);
    expect(tablesOf(again)[0]).toMatchObject({ error: null });
    expect(await difference(shell, { since: tablesOf(again)[0]?.["since"], untilMs })).toEqual(NO_DIFFERENCE);
  });

  test("without a secret it says so and asks Duo for nothing: exit code 0", async () => {
    await using shell = await startDuoShell({ tables: ["auth"], secretKey: null });
    const { code, err } = await shell.run(["backfill"]);
    expect(code).toBe(0);
    expect(err).toContain("`duolake secret set duo` sets it");
    expect(shell.asked()).toEqual([]);
  });

  test.each([
    [["--since", "yesterday"], "a duration such as 7d"],
    [["--since", "2999-01-01"], "it must lie in the past"],
    [["--until", "7d"], "a day such as 2026-03-12"],
    [["--since", "2d", "--until", "2026-01-01"], "--until must be later than --since"],
    [["--source", "dou"], "did you mean duo?"],
    [["--table", "auht"], "did you mean auth?"],
  ])("%j is wrong usage: exit code 2, and nothing is asked", async (options, said) => {
    await using shell = await startDuoShell();
    const { code, out, err } = await shell.run(["backfill", ...options]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(said);
    expect(shell.asked()).toEqual([]);
  });
});

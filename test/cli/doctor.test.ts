import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startDuoShell } from "./support/cli.ts";

describe("doctor", () => {
  test("checks lake, secret, clock and each endpoint, and says what a backfill costs", async () => {
    await using shell = await startDuoShell({ tables: ["auth", "admin", "summary"] });
    const ran = await shell.run(["doctor", "--json"]);
    expect(ran.code).toBe(0);
    const fine = { ok: true, error: null };
    const uncounted = {
      event_count: null,
      backfill_requests: null,
      daily_reread_requests: null,
      weekly_reread_requests: null,
    };
    expect(ran.json()).toEqual({
      lake: fine,
      sources: [
        {
          source: "duo",
          secret: "populated",
          clock_skew_seconds: expect.any(Number),
          accounts_error: null,
          streams: [
            { table: "admin", stream: "administrator_v1", ...fine, ...uncounted },
            {
              table: "auth",
              stream: "authentication_v2",
              ...fine,
              event_count: expect.any(Number),
              backfill_requests: 1,
              daily_reread_requests: 1,
              weekly_reread_requests: 1,
            },
            { table: "summary", stream: "info_summary", ...fine, ...uncounted },
          ],
        },
      ],
    });
    const text = await shell.run(["doctor"]);
    expect(text.out).not.toContain("FAIL");
    expect(text.out).toMatch(
      /auth \(authentication_v2\) answers; [\d,]+ events to backfill, 1 request; re-reads: 1 request a day, 1 request a week\n/,
    );
  });

  test("a permission that is missing: exit code 3, and which one", async () => {
    await using shell = await startDuoShell({
      tables: ["auth", "summary"],
      simulator: { permissions: ["Grant read log"] },
    });
    const { code, out } = await shell.run(["doctor"]);
    expect(code).toBe(3);
    expect(out).toMatch(/^FAIL {2}duo: summary .*"Grant read information"/m);
    expect(out).toMatch(/^ok {4}duo: auth /m);
  });

  test("counts the requests of re-reads by the days that they go back", async () => {
    await using shell = await startDuoShell({ tables: ["auth"], simulator: { users: 500, days: 10 } });
    const ran = await shell.run(["doctor", "--json"]);
    const [stream] =
      (ran.json() as { sources: { streams: Record<string, number>[] }[] }).sources[0]?.streams ?? [];
    const { daily_reread_requests: daily = 0, weekly_reread_requests: weekly = 0 } = stream ?? {};
    const [eventCount = 0, all = 0] = [stream?.["event_count"], stream?.["backfill_requests"]];
    expect(all).toBe(Math.ceil(eventCount / 1000));
    expect(daily).toBeGreaterThan(1);
    expect(weekly).toBeGreaterThan(daily);
    expect(weekly).toBeLessThanOrEqual(all);
  });

  test("names the stream that answers where a table has several", async () => {
    await using shell = await startDuoShell({
      tables: ["admin"],
      simulator: { retired: { administrator_v1: 404 } },
    });
    const { code, out } = await shell.run(["doctor"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^ok {4}duo: admin \(activity_v2\) answers/m);
  });

  test("checks every child account of a provider, and says why they cannot be listed: exit code 1", async () => {
    await using shell = await startDuoShell({
      tables: ["auth"],
      simulator: { children: [{ users: 5 }, { users: 5 }] },
      properties: ["accounts: all"],
    });
    const ids = shell.simulator.children.map(({ accountId }) => accountId).sort();
    const ran = await shell.run(["doctor", "--json"]);
    expect(ran.code).toBe(0);
    expect(ran.json()).toMatchObject({
      sources: [{ streams: ids.map((account) => ({ account, ok: true })) }],
    });
    expect((await shell.run(["doctor"])).out).toContain(
      `ok    duo of ${ids[0]}: auth (authentication_v2) answers`,
    );

    shell.simulator.setSecretKey("changedsecretkey000000000000000000000001");
    const refused = await shell.run(["doctor"]);
    expect(refused.code).toBe(1);
    expect(refused.out).toMatch(/^FAIL {2}duo: Cannot .*duolake secret set/m);
  });

  test("no endpoint answers: exit code 1", async () => {
    await using shell = await startDuoShell({ simulator: { permissions: [] } });
    expect((await shell.run(["doctor"])).code).toBe(1);
  });

  test("a lake that cannot be written: exit code 1, although Duo answers", async () => {
    await using shell = await startDuoShell({ tables: ["auth"] });
    await writeFile(join(shell.dir, "lake"), "");
    const ran = await shell.run(["doctor", "--json"]);
    expect(ran.code).toBe(1);
    expect(ran.json()).toMatchObject({
      lake: { ok: false, error: { code: "lake_unwritable" } },
      sources: [{ streams: [{ ok: true }] }],
    });
  });

  test("a secret that is not set is named, and no endpoint is asked: exit code 0", async () => {
    await using shell = await startDuoShell({ secretKey: null });
    const { code, out } = await shell.run(["doctor"]);
    expect(code).toBe(0);
    expect(out).toContain("todo  duo: secret key is not set; `duolake secret set duo` sets it\n");
    expect(shell.asked().filter((path) => path.startsWith("/admin/"))).toEqual([]);
  });

  test("a clock that is wrong is found out, with how much", async () => {
    await using shell = await startDuoShell({ tables: ["auth"] });
    shell.simulator.clock.advance(-3_600_000);
    const { code, out } = await shell.run(["doctor"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^FAIL {2}duo: this clock is 36\d\d s ahead of Duo's$/m);
  });

  test("Duo that cannot be reached: exit code 1, and why", async () => {
    await using shell = await startDuoShell({ tables: ["summary"] });
    shell.simulator.faults.add({ kind: "error_code", code: 40401, times: 0 });
    const { code, out } = await shell.run(["doctor"]);
    expect(code).toBe(1);
    expect(out).toContain("check api_hostname");
  });
});

import { describe, expect, test } from "vitest";
import { journalName, pullAll } from "../../src/pull-all.ts";
import { readStatus } from "../../src/status/status.ts";
import type { TableStatus } from "../../src/status/table-status.ts";
import { toWaitingNote, waitingNoteName } from "../../src/status/waiting-note.ts";
import { type Harness, startHarness } from "../support/pull-harness.ts";

async function statusOf(harness: Harness): Promise<TableStatus[]> {
  const { config, lake, journal } = await harness.start();
  return readStatus({ config, lake, journal, nowMs: harness.clock.nowMs(), journalName });
}

describe("readStatus", () => {
  test("goes on telling how far a quiet stream was read, although nothing is committed", async () => {
    await using harness = await startHarness({
      tables: ["auth"],
      simulator: { eventsPerDay: { authentication: 0 }, attacks: false },
    });
    const status = async (): Promise<TableStatus | undefined> => (await statusOf(harness))[0];
    expect(await status()).toMatchObject({ stream: undefined, watermarkMs: undefined, rowCount: 0 });
    await harness.pull();
    harness.simulator.clock.advance(600_000);
    await harness.pull();
    expect((await status())?.watermarkMs).toBe(harness.clock.nowMs() - 120_000);
    expect((await status())?.lastError).toBeUndefined();

    harness.simulator.faults.add({ kind: "error_code", code: 40301, times: 0 });
    harness.simulator.clock.advance(600_000);
    await harness.pull();
    expect(await status()).toMatchObject({
      watermarkMs: harness.clock.nowMs() - 720_000,
      lastError: { code: "duo_forbidden", at: new Date(harness.clock.nowMs()).toISOString() },
    });
  });

  test("tells the dead letters of each table, the backfill and what re-reads cost", async () => {
    await using harness = await startHarness({
      tables: ["auth", "telephony", "summary"],
      pull: { backfillMs: 2 * 86_400_000 },
      simulator: { users: 10, days: 4 },
    });
    harness.simulator.inject("authentication_v2", [{}], {
      visibleAtMs: 0,
      atMs: harness.clock.nowMs() - 600_000,
    });
    await harness.pull();
    const [auth, summary, telephony] = await statusOf(harness);
    expect(auth).toMatchObject({
      table: "auth",
      account: undefined,
      deadLetterCount: 1,
      rereadRequestsPerDay: 2,
    });
    expect(auth?.backfill).toMatchObject({ state: "none", percent: 0 });
    expect(telephony).toMatchObject({ table: "telephony", deadLetterCount: 0 });
    expect(summary).toMatchObject({ table: "summary", backfill: undefined, rereadRequestsPerDay: undefined });

    const app = await harness.start();
    const [account] = (await app.sources[0]?.accounts()) ?? [];
    await account?.pullers[0]?.backfill({ sinceMs: harness.clock.nowMs() - 3 * 86_400_000 });
    const [done] = await statusOf(harness);
    expect(done?.backfill).toMatchObject({ state: "done", percent: 100 });
  });

  test("has a line for each child account, each with its own state", async () => {
    await using harness = await startHarness({
      tables: ["auth"],
      source: { accounts: "all" },
      simulator: { users: 10, days: 2, children: [{ users: 5 }, { users: 5 }] },
    });
    expect(await statusOf(harness)).toMatchObject([{ account: undefined, stream: undefined, rowCount: 0 }]);
    const [, second] = harness.simulator.children;
    const ids = harness.simulator.children.map(({ accountId }) => accountId).sort();
    harness.simulator.inject("authentication_v2", [{}], {
      visibleAtMs: 0,
      atMs: harness.clock.nowMs() - 600_000,
      accountId: second?.accountId as string,
    });
    const app = await harness.start();
    await pullAll(app, { sources: app.sources, wants: () => true });
    const lines = await statusOf(harness);
    expect(lines.map(({ account }) => account)).toEqual(ids);
    for (const { account, deadLetterCount, lastPullAt, stream } of lines) {
      expect({ account, deadLetterCount }).toEqual({
        account,
        deadLetterCount: account === second?.accountId ? 1 : 0,
      });
      expect(harness.clock.nowMs() - Date.parse(lastPullAt ?? "")).toBeLessThan(60_000);
      expect(stream).toBe("authentication_v2");
    }
  });

  test("says why the daemon's next request for a table waits", async () => {
    await using harness = await startHarness({
      tables: ["auth", "telephony"],
      simulator: { users: 5, days: 2 },
    });
    await harness.pull();
    const { journal } = await harness.start();
    const nowMs = harness.clock.nowMs();
    const wait = {
      account: undefined,
      endpoint: "/admin/v2/logs/authentication",
      reason: "hold" as const,
      priority: "live" as const,
      untilMs: nowMs + 60_000,
      rejectedCount: 2,
    };
    await journal.writeNote(waitingNoteName("duo"), toWaitingNote([wait], nowMs));
    const [auth, telephony] = await statusOf(harness);
    expect(auth?.waiting).toEqual(wait);
    expect(telephony?.waiting).toBeUndefined();
  });

  test("tells of what this version does not know, and of the gaps of pull and backfill together", async () => {
    await using harness = await startHarness({ tables: ["auth"], simulator: { users: 5, days: 2 } });
    await harness.pull();
    const { lake } = await harness.start();
    const table = await lake.load("duo_auth");
    const gap = (day: number): string =>
      `[{"from":"2026-03-0${day}T00:00:00.000Z","to":"2026-03-0${day}T00:00:01.000Z","reason":"saturated_second"}]`;
    await table?.commit({
      setProperties: {
        "duolake.gaps": gap(2),
        "duolake.gaps.backfill": gap(1),
        "duolake.drift": '{"field a":{"count":2,"first":"2026-03-02T00:00:00.000Z"}}',
        "duolake.drift.backfill": '{"field a":{"count":3,"first":"2026-03-01T00:00:00.000Z"}}',
      },
    });
    const [auth] = await statusOf(harness);
    expect(auth?.gaps.map(({ fromMs }) => fromMs)).toEqual([Date.UTC(2026, 2, 1), Date.UTC(2026, 2, 2)]);
    expect(auth?.drift).toEqual([{ what: "field a", count: 5, firstAt: "2026-03-01T00:00:00.000Z" }]);
  });
});

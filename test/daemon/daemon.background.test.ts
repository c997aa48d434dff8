import { describe, expect, test } from "vitest";
import type { BackgroundEvent } from "../../src/daemon/background.ts";
import { NO_DIFFERENCE } from "../support/pull-harness.ts";
import { startDaemon } from "./support/daemon-harness.ts";

const DAY_MS = 86_400_000;
const SMALL = { users: 10, days: 4, attacks: false };

function isEnd(event: BackgroundEvent): boolean {
  return event.kind === "backfill" && event.report.leftMs === 0 && event.report.slice === undefined;
}

describe("runDaemon, behind the pulls", () => {
  test("backfills each table once, as far back as the configuration says", async () => {
    await using daemon = await startDaemon({
      tables: ["auth", "telephony"],
      simulator: SMALL,
      pull: { backfillMs: 3 * DAY_MS },
    });
    await daemon.settled();
    await daemon.until(() => daemon.events.filter(isEnd).length === 2);
    expect(daemon.events.filter(({ kind }) => kind === "failed")).toEqual([]);
    for (const table of ["auth", "telephony"] as const) {
      expect(await daemon.harness.difference(table)).toEqual(NO_DIFFERENCE);
    }
    const [oldest] = await daemon.harness.ask("SELECT min(ts) AS ts FROM duo_auth");
    expect(daemon.harness.clock.nowMs() - Date.parse(String(oldest?.["ts"]))).toBeGreaterThan(2 * DAY_MS);
    await daemon.advance(300_000);
    await daemon.advance(300_000);
    expect(daemon.events.filter(isEnd)).toHaveLength(2);
  });

  test("reads the last days again and adds what Duo delivered late", async () => {
    await using daemon = await startDaemon({ tables: ["auth"], simulator: SMALL });
    await daemon.settled();
    await daemon.advance(300_000);
    const { simulator, clock } = daemon.harness;
    const [usual] = simulator.ledger.expected("authentication_v2");
    const atMs = clock.nowMs() - 10 * 3_600_000;
    const late = {
      ...usual,
      txid: "late",
      timestamp: Math.floor(atMs / 1000),
      isotimestamp: new Date(atMs).toISOString(),
    };
    simulator.inject("authentication_v2", [late], { visibleAtMs: 0 });
    await daemon.advance(DAY_MS);
    const healed = (): readonly BackgroundEvent[] =>
      daemon.events.filter((event) => event.kind === "reread" && event.reread.healed === 1);
    await daemon.until(() => healed().length === 1);
    expect(healed()).toMatchObject([{ source: "duo", account: undefined, table: "auth" }]);
    expect(await daemon.harness.difference("auth")).toEqual(NO_DIFFERENCE);
  });

  test("tells of a failure, goes on pulling, and tries again after the next good pull", async () => {
    await using daemon = await startDaemon({
      tables: ["auth"],
      simulator: SMALL,
      pull: { backfillMs: 3 * DAY_MS },
      // The first pull takes one request.
      faults: [{ kind: "error_code", code: 40301, target: "authentication_v2", skip: 1, times: 0 }],
    });
    await daemon.settled();
    const failed = (): readonly BackgroundEvent[] =>
      daemon.events.filter((event) => event.kind === "failed" && event.doing === "backfill");
    await daemon.until(() => failed().length === 1);
    expect(failed()).toMatchObject([{ source: "duo", table: "auth", code: "duo_forbidden" }]);
    daemon.harness.simulator.faults.clear();
    await daemon.advance(300_000);
    await daemon.until(() => daemon.events.some(isEnd));
    expect(daemon.results.get("auth")?.map(({ error }) => error)).toEqual([undefined, undefined]);
    expect(await daemon.harness.difference("auth")).toEqual(NO_DIFFERENCE);
  });
});

describe("runDaemon, with the child accounts of a provider", () => {
  const PROVIDER = { ...SMALL, days: 2, children: [{ users: 5 }, { users: 5 }] };

  test("pulls each of them, and one that is added later within the hour", async () => {
    await using daemon = await startDaemon({
      tables: ["auth"],
      source: { accounts: "all" },
      simulator: PROVIDER,
    });
    const pulled = (): ReadonlySet<string | undefined> =>
      new Set(daemon.results.get("auth")?.map(({ account }) => account));
    await daemon.until(() => pulled().size === 2);
    const { simulator } = daemon.harness;
    expect(pulled()).toEqual(new Set(simulator.children.map(({ accountId }) => accountId)));
    await daemon.settled();
    const added = simulator.addChild({ users: 5 });
    for (let hour = 0; hour < 13; hour += 1) await daemon.advance(300_000);
    await daemon.until(() => pulled().has(added.accountId));
    await daemon.settled();
    // The first pull of the new one may have begun an advance earlier than it ended.
    await daemon.advance(300_000);
    for (const { accountId } of simulator.children) {
      expect(await daemon.harness.difference("auth", accountId)).toEqual(NO_DIFFERENCE);
    }
  });

  test("says for each table why they cannot be listed, and goes on once they can", async () => {
    const refused = { kind: "error_code", code: 40301, times: 1 } as const;
    await using daemon = await startDaemon({
      tables: ["auth"],
      source: { accounts: "all" },
      simulator: PROVIDER,
      faults: [refused],
    });
    await daemon.until(() => daemon.results.get("auth") !== undefined);
    expect(daemon.results.get("auth")).toMatchObject([
      { account: undefined, error: { code: "duo_forbidden" } },
    ]);
    await daemon.settled();
    await daemon.advance(300_000);
    await daemon.until(() => daemon.results.get("auth")?.length === 3);
    expect(daemon.results.get("auth")?.slice(1)).toMatchObject([{ error: undefined }, { error: undefined }]);
  });
});

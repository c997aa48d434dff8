import { describe, expect, test } from "vitest";
import { Secret } from "../../src/secrets/secret.ts";
import { NO_DIFFERENCE } from "../support/pull-harness.ts";
import { type DaemonHarness, startDaemon } from "./support/daemon-harness.ts";

const TABLES = ["auth", "admin"];
const SMALL = { users: 10, days: 2 };

function requestCounts({ harness }: DaemonHarness): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { stream } of harness.simulator.ledger.requests()) {
    counts[stream ?? "other"] = (counts[stream ?? "other"] ?? 0) + 1;
  }
  return counts;
}

describe("runDaemon", () => {
  test("pulls every table at once, and then each time the interval has passed", async () => {
    await using daemon = await startDaemon({ tables: TABLES, simulator: SMALL });
    const counts = (): unknown => TABLES.map((table) => daemon.results.get(table)?.length);
    await daemon.settled();
    expect(counts()).toEqual([1, 1]);
    // Pauses between requests let time pass too, for every table; what they add up to is far less than this leaves.
    await daemon.advance(240_000);
    expect(counts()).toEqual([1, 1]);
    await daemon.advance(60_000);
    await daemon.advance(300_000);
    expect(counts()).toEqual([3, 3]);
    expect(daemon.results.get("auth")?.map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
    for (const table of ["auth", "admin"] as const) {
      expect(await daemon.harness.difference(table)).toEqual(NO_DIFFERENCE);
    }
  });

  test("leaves an endpoint a minute, however short the interval", async () => {
    await using daemon = await startDaemon({ tables: ["auth"], simulator: SMALL, intervalMs: 1_000 });
    await daemon.settled();
    await daemon.advance(59_000);
    expect(requestCounts(daemon)).toEqual({ authentication_v2: 1 });
    await daemon.advance(1_000);
    expect(requestCounts(daemon)).toEqual({ authentication_v2: 2 });
  });

  test("a stream that fails is asked again and holds up no other", async () => {
    await using daemon = await startDaemon({ tables: TABLES, simulator: SMALL });
    const { faults } = daemon.harness.simulator;
    faults.add({ kind: "error_code", code: 40301, target: "authentication_v2", times: 0 });
    await daemon.settled();
    await daemon.advance(300_000);
    faults.clear();
    await daemon.advance(300_000);
    const codes = (table: string): unknown => daemon.results.get(table)?.map(({ error }) => error?.code);
    expect(codes("admin")).toEqual([undefined, undefined, undefined]);
    expect(codes("auth")).toEqual(["duo_forbidden", "duo_forbidden", undefined]);
    expect(await daemon.harness.difference("auth")).toEqual(NO_DIFFERENCE);
  });

  test("a placeholder that is populated while the daemon runs is used at the next pull, and nothing is asked before", async () => {
    await using daemon = await startDaemon({ tables: ["auth"], simulator: SMALL, withoutSecret: true });
    const { app, harness } = daemon;
    await app.secrets.createPlaceholder("duo");
    await daemon.settled();
    await daemon.advance(300_000);
    const skipped = { skipped: "secret_not_populated", error: undefined };
    expect(daemon.results.get("auth")).toMatchObject([skipped, skipped]);
    expect(harness.simulator.ledger.requests()).toEqual([]);
    await app.secrets.set("duo", new Secret(harness.simulator.secretKey()));
    await daemon.advance(300_000);
    expect(daemon.results.get("auth")?.[2]).toMatchObject({ skipped: undefined, error: undefined });
    expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
  });

  test("a secret that is changed in Duo and here is taken over at the next pull", async () => {
    await using daemon = await startDaemon({ tables: ["auth"], simulator: SMALL, withoutSecret: true });
    const { app, harness } = daemon;
    const changed = "changedsecretkey000000000000000000000001";
    await app.secrets.set("duo", new Secret(harness.simulator.secretKey()));
    await daemon.settled();
    harness.simulator.setSecretKey(changed);
    await daemon.advance(300_000);
    await app.secrets.set("duo", new Secret(changed));
    await daemon.advance(300_000);
    const codes = daemon.results.get("auth")?.map(({ error }) => error?.code);
    expect(codes?.slice(1)).toEqual(["duo_signature_invalid", undefined]);
  });

  test("a clock that is set back makes a pause longer by no more than the minute between two drains", async () => {
    await using daemon = await startDaemon({
      tables: ["auth"],
      simulator: { ...SMALL, skewToleranceMs: Infinity },
    });
    await daemon.settled();
    daemon.shift(-7_200_000);
    await daemon.advance(300_000);
    await daemon.advance(60_000);
    expect(daemon.results.get("auth")).toHaveLength(2);
    await daemon.advance(300_000);
    expect(daemon.results.get("auth")).toHaveLength(3);
  });
});

import { describe, expect, test } from "vitest";
import type { AppObserver } from "../../src/app.ts";
import { NO_DIFFERENCE } from "../support/pull-harness.ts";
import { startDaemon } from "./support/daemon-harness.ts";

const TABLES = ["auth", "admin"];
const SMALL = { users: 10, days: 2 };

describe("runDaemon, when stopped", () => {
  test("ends at once where it waits", async () => {
    await using daemon = await startDaemon({ tables: TABLES, simulator: SMALL });
    await daemon.settled();
    daemon.stop.abort();
    await daemon.ended;
    expect(daemon.results.get("auth")).toHaveLength(1);
  });

  test("asks for nothing when it was stopped before", async () => {
    const stop = new AbortController();
    stop.abort();
    await using daemon = await startDaemon({ tables: TABLES, simulator: SMALL, stop });
    await daemon.ended;
    expect(daemon.harness.simulator.ledger.requests()).toEqual([]);
  });

  test.each(["request", "page", "commit"] as const)(
    "at a %s leaves whole commits, and the next start loses and repeats nothing",
    async (moment) => {
      const stop = new AbortController();
      const observer: AppObserver = {
        duo: () => ({ onRequest: () => moment === "request" && stop.abort() }),
        pull: () => ({
          onPage: () => moment === "page" && stop.abort(),
          onCommit: () => moment === "commit" && stop.abort(),
        }),
      };
      await using daemon = await startDaemon({
        tables: ["auth"],
        simulator: SMALL,
        // Some pages and commits although there are few events.
        faults: [{ kind: "short_page", rows: 10, times: 0 }],
        batchRowCountMax: 10,
        observer,
        stop,
      });
      await daemon.ended;
      expect(daemon.results.get("auth")).toBeUndefined();
      const { harness } = daemon;
      harness.simulator.faults.clear();
      const { rowCount = 0 } = (await (await harness.start()).lake.load("duo_auth")) ?? {};
      expect(rowCount % 10).toBe(0);
      const [next] = await harness.pull();
      expect(next).toMatchObject({ error: undefined, skipped: undefined });
      expect(next?.appended).toBeGreaterThan(0);
      expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
    },
  );
});

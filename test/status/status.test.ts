import { describe, expect, test } from "vitest";
import { statusJson } from "../../src/cli/status.ts";
import { lagSeconds, readStatus, type TableStatus } from "../../src/status/status.ts";
import { startHarness } from "../support/pull-harness.ts";

const AT_MS = Date.UTC(2026, 2, 12, 15, 30);

const STATUS: TableStatus = {
  source: "duo",
  table: "auth",
  resolvedName: "duo_auth",
  stream: "authentication_v2",
  watermarkMs: AT_MS,
  rowCount: 5,
  fileCount: 1,
  lastPullAt: "2026-03-12T15:30:20.000Z",
  lastError: undefined,
  gaps: [{ fromMs: AT_MS, toMs: AT_MS + 1_000, reason: "saturated_second" }],
};

test("statusJson has the promised keys, instants as ISO 8601 with Z", () => {
  expect(statusJson(STATUS, AT_MS + 90_400)).toEqual({
    source: "duo",
    table: "auth",
    stream: "authentication_v2",
    watermark: "2026-03-12T15:30:00.000Z",
    lag_seconds: 90,
    rows: 5,
    files: 1,
    last_pull_at: "2026-03-12T15:30:20.000Z",
    last_error: null,
    backfill: null,
    gaps: [{ from: "2026-03-12T15:30:00.000Z", to: "2026-03-12T15:30:01.000Z", reason: "saturated_second" }],
  });
});

test("lagSeconds is never negative, and unknown before the first pull", () => {
  expect(lagSeconds(STATUS, AT_MS - 5_000)).toBe(0);
  expect(lagSeconds({ ...STATUS, watermarkMs: undefined }, AT_MS)).toBeUndefined();
});

describe("readStatus", () => {
  test("goes on telling how far a quiet stream was read, although nothing is committed", async () => {
    await using harness = await startHarness({
      tables: ["auth"],
      simulator: { eventsPerDay: { authentication: 0 }, attacks: false },
    });
    const status = async (): Promise<TableStatus | undefined> => {
      const { config, lake, journal } = await harness.start();
      return (await readStatus({ config, lake, journal }))[0];
    };
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
});

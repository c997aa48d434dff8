import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import { backfillStatus } from "../../src/status/backfill-status.ts";

const NOW_MS = Date.UTC(2026, 2, 12, 15, 30);
const DAY_MS = 86_400_000;
const START_MS = NOW_MS - DAY_MS;
const SINCE_MS = NOW_MS - 11 * DAY_MS;
const OPTIONS = { nowMs: NOW_MS, backfillMs: 180 * DAY_MS };
const CURSOR = { startMs: START_MS };

function state(doneFromMs: number): {
  sinceMs: number;
  done: { fromMs: number; toMs: number }[];
  commit: string;
} {
  return { sinceMs: SINCE_MS, done: [{ fromMs: doneFromMs, toMs: START_MS }], commit: "x" };
}

function note(changes: JsonObject = {}, ageMs = 10_000): JsonObject {
  const at = new Date(NOW_MS - ageMs).toISOString();
  return {
    at,
    wanted_seconds: 1000,
    left_seconds: 750,
    events_per_second: 820.5,
    eta_seconds: 61,
    ...changes,
  };
}

describe("backfillStatus", () => {
  test("counts from the lake what is done of what was asked for", () => {
    expect(backfillStatus(CURSOR, { state: state(NOW_MS - 4 * DAY_MS), note: undefined }, OPTIONS)).toEqual({
      state: "running",
      sinceMs: SINCE_MS,
      reachedMs: NOW_MS - 4 * DAY_MS,
      percent: 30,
      eventsPerSecond: undefined,
      etaSeconds: undefined,
    });
  });

  test("takes the pace from a note that is fresh, and none from one that is old, ended or damaged", () => {
    const found = { state: state(NOW_MS - 4 * DAY_MS) };
    const fresh = backfillStatus(CURSOR, { ...found, note: note() }, OPTIONS);
    expect(fresh).toMatchObject({ percent: 25, eventsPerSecond: 820.5, etaSeconds: 61 });
    const damaged: JsonObject = { at: "soon" };
    for (const other of [note({}, 61_000), note({ left_seconds: 0 }), damaged]) {
      expect(backfillStatus(CURSOR, { ...found, note: other }, OPTIONS)).toMatchObject({
        percent: 30,
        eventsPerSecond: undefined,
        etaSeconds: undefined,
      });
    }
    const slow = backfillStatus(CURSOR, { ...found, note: note({ eta_seconds: null }) }, OPTIONS);
    expect(slow).toMatchObject({ eventsPerSecond: 820.5, etaSeconds: undefined });
  });

  test("is running from the first note on, although nothing is in the lake yet", () => {
    expect(backfillStatus(CURSOR, { state: undefined, note: undefined }, OPTIONS)).toMatchObject({
      state: "none",
      reachedMs: START_MS,
      percent: 0,
    });
    expect(backfillStatus(CURSOR, { state: undefined, note: note() }, OPTIONS)).toMatchObject({
      state: "running",
    });
  });

  test("is done when everything that Duo still keeps is there, and says 100 only then", () => {
    expect(backfillStatus(CURSOR, { state: state(SINCE_MS), note: note() }, OPTIONS)).toEqual({
      state: "done",
      sinceMs: SINCE_MS,
      reachedMs: SINCE_MS,
      percent: 100,
      eventsPerSecond: undefined,
      etaSeconds: undefined,
    });
    expect(
      backfillStatus(CURSOR, { state: state(SINCE_MS + 1_000), note: undefined }, OPTIONS),
    ).toMatchObject({
      state: "running",
      percent: 99.9,
    });
    const old = { ...state(NOW_MS - 179.99 * DAY_MS), sinceMs: NOW_MS - 300 * DAY_MS };
    expect(backfillStatus(CURSOR, { state: old, note: undefined }, OPTIONS)?.state).toBe("done");
  });

  test("is none of a table's business where nothing was begun and none is wanted", () => {
    const nothing = { state: undefined, note: undefined };
    expect(backfillStatus(CURSOR, nothing, { nowMs: NOW_MS, backfillMs: 0 })).toBeUndefined();
  });
});

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DataFile } from "../../src/lake/lake.ts";
import type { Cursor } from "../../src/pipeline/cursor.ts";
import { clampToCovered, coveredFromMs, dueReread, rereadSlices } from "../../src/pipeline/reread-plan.ts";

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 2, 12, 15);
const CURSOR: Cursor = {
  stream: "authentication_v2",
  startMs: NOW_MS - 20 * DAY_MS,
  watermarkMs: NOW_MS - 120_000,
  commit: "c",
};

describe("dueReread", () => {
  test("asks for the last two days when a day is over, and for two weeks when the week is", () => {
    const cursor = { ...CURSOR, weekRereadMs: NOW_MS - 3 * DAY_MS, dayRereadMs: NOW_MS - DAY_MS };
    expect(dueReread(cursor, { nowMs: NOW_MS, days: undefined })).toEqual({
      range: { fromMs: NOW_MS - 2 * DAY_MS, toMs: NOW_MS },
      note: { dayRereadMs: NOW_MS },
    });
    const later = NOW_MS + 4 * DAY_MS;
    expect(dueReread(cursor, { nowMs: later, days: undefined })).toEqual({
      range: { fromMs: later - 14 * DAY_MS, toMs: later },
      note: { dayRereadMs: later, weekRereadMs: later },
    });
  });

  test("goes on with what was cut before anything else is due, for a week", () => {
    const rereading = {
      reachedMs: NOW_MS - 9 * DAY_MS,
      toMs: NOW_MS,
      dayRereadMs: NOW_MS,
      weekRereadMs: NOW_MS,
    };
    const cursor = { ...CURSOR, weekRereadMs: NOW_MS - 7 * DAY_MS, dayRereadMs: NOW_MS - DAY_MS, rereading };
    const later = NOW_MS + 6 * DAY_MS;
    expect(dueReread(cursor, { nowMs: later, days: undefined })).toEqual({
      range: { fromMs: rereading.reachedMs, toMs: NOW_MS },
      note: { dayRereadMs: NOW_MS, weekRereadMs: NOW_MS },
    });
    const muchLater = NOW_MS + 7 * DAY_MS;
    expect(dueReread(cursor, { nowMs: muchLater, days: undefined })?.range.toMs).toBe(muchLater);
  });

  test("reaches every event that is no later than a day or a week, whenever it comes and however late the re-read is", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("dayRereadMs" as const, "weekRereadMs" as const),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 0, max: 60 * 24 }),
        fc.integer({ min: 0, max: 7 * 24 }),
        (kept, stepsHours, atHours, lateHours) => {
          const isWeek = kept === "weekRereadMs";
          const eventMs = NOW_MS + atHours * 3_600_000;
          const visibleMs = eventMs + Math.min(lateHours, isWeek ? 7 * 24 : 24) * 3_600_000;
          const cursor = { ...CURSOR, dayRereadMs: NOW_MS, weekRereadMs: NOW_MS };
          let isRead = false;
          let nowMs = NOW_MS;
          for (const hours of [...stepsHours, 100 * 24, 40 * 24]) {
            nowMs += hours * 3_600_000;
            const due = dueReread(isWeek ? cursor : { ...cursor, weekRereadMs: nowMs }, {
              nowMs,
              days: undefined,
            });
            if (due === undefined) continue;
            Object.assign(cursor, due.note);
            isRead ||= visibleMs <= nowMs && due.range.fromMs <= eventMs && eventMs <= due.range.toMs;
          }
          expect(isRead).toBe(true);
        },
      ),
    );
  });

  test("asks for nothing on the first day", () => {
    const cursor = { ...CURSOR, startMs: NOW_MS - DAY_MS + 1 };
    expect(dueReread(cursor, { nowMs: NOW_MS, days: undefined })).toBeUndefined();
  });

  test("goes as far back as the stream wants", () => {
    const cursor = { ...CURSOR, weekRereadMs: NOW_MS - 7 * DAY_MS };
    const due = dueReread(cursor, { nowMs: NOW_MS, days: { daily: 30, weekly: 90 } });
    expect(due?.range.fromMs).toBe(NOW_MS - 90 * DAY_MS);
  });
});

describe("what a table covers", () => {
  test("begins at its start, or as far back as the backfill has come without a hole", () => {
    const state = (fromMs: number, toMs: number): Parameters<typeof coveredFromMs>[1] => ({
      sinceMs: 0,
      done: [{ fromMs, toMs }],
      commit: "c",
    });
    expect(coveredFromMs(CURSOR, undefined)).toBe(CURSOR.startMs);
    expect(coveredFromMs(CURSOR, state(1_000, CURSOR.startMs))).toBe(1_000);
    expect(coveredFromMs(CURSOR, state(1_000, CURSOR.startMs - DAY_MS))).toBe(CURSOR.startMs);
  });

  test("cuts what is wanted to it, to what Duo keeps and to what it shows", () => {
    const covered = { coveredFromMs: NOW_MS - 400 * DAY_MS, nowMs: NOW_MS };
    const range = clampToCovered({ fromMs: 0, toMs: Infinity }, covered);
    expect(range?.toMs).toBe(NOW_MS - 120_000);
    expect(range?.fromMs).toBeGreaterThan(NOW_MS - 180 * DAY_MS);
    expect(clampToCovered({ fromMs: 0, toMs: NOW_MS - 500 * DAY_MS }, covered)).toBeUndefined();
  });
});

describe("rereadSlices", () => {
  const files = fc.array(
    fc.record({ day: fc.nat(9), rowCount: fc.nat(250_000) }).map(({ day, rowCount }): DataFile => ({
      path: "f",
      rowCount,
      sizeBytes: 1,
      tsMinUs: day * DAY_MS * 1000,
      tsMaxUs: (day * DAY_MS + 1) * 1000,
    })),
    { maxLength: 8 },
  );

  test("cover the range without hole or overlap, at whole seconds", () => {
    const second = fc.nat(10 * 86_400);
    fc.assert(
      fc.property(second, second, files, (from, length, listed) => {
        const range = { fromMs: from * 1000, toMs: (from + length + 1) * 1000 };
        const slices = rereadSlices(range, listed);
        expect(slices[0]?.fromMs).toBe(range.fromMs);
        expect(slices.at(-1)?.toMs).toBe(range.toMs);
        expect(slices.slice(1).map(({ fromMs }) => fromMs)).toEqual(
          slices.slice(0, -1).map(({ toMs }) => toMs),
        );
        for (const { fromMs, toMs } of slices) {
          expect(fromMs).toBeLessThan(toMs);
          expect(fromMs % 1000).toBe(0);
        }
      }),
    );
  });

  test("are one slice where there is little, and parts of a day where there is much", () => {
    const range = { fromMs: 0, toMs: 7 * DAY_MS };
    const file = (day: number, rowCount: number): DataFile => ({
      path: "f",
      rowCount,
      sizeBytes: 1,
      tsMinUs: day * DAY_MS * 1000,
      tsMaxUs: undefined,
    });
    expect(rereadSlices(range, [file(0, 3_000), file(5, 90_000)])).toEqual([range]);
    expect(rereadSlices(range, [file(2, 350_000)]).length).toBeGreaterThanOrEqual(4);
  });
});

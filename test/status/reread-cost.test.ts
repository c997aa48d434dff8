import { expect, test } from "vitest";
import { findTable } from "../../src/duo/tables/index.ts";
import type { Stream } from "../../src/duo/tables/table.ts";
import type { DataFile } from "../../src/lake/lake.ts";
import { dueReread } from "../../src/pipeline/reread-plan.ts";
import {
  rereadDaysOf,
  rereadRequests,
  rereadRequestsPerDay,
  rowsOfLastDays,
} from "../../src/status/reread-cost.ts";

const NOW_MS = Date.UTC(2026, 2, 12, 12);
const DAY_MS = 86_400_000;
const V2 = findTable("auth")?.streams[0] as Stream;
const V1 = findTable("admin")?.streams[0] as Stream;
const GAUGE = findTable("summary")?.streams[0] as Stream;

function file(rowCount: number, fromMs: number | undefined, toMs: number | undefined): DataFile {
  const us = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms * 1000);
  return { path: "x", rowCount, sizeBytes: 1, tsMinUs: us(fromMs), tsMaxUs: us(toMs) };
}

test("rowsOfLastDays takes of a file that begins earlier the part that lies within", () => {
  const today = file(10, NOW_MS - DAY_MS / 2, NOW_MS);
  const yesterday = file(100, NOW_MS - 1.5 * DAY_MS, NOW_MS - DAY_MS / 2);
  const older = file(1_000, NOW_MS - 2.5 * DAY_MS, NOW_MS - 1.5 * DAY_MS);
  const unknown = file(5, undefined, undefined);
  const files = [today, yesterday, older, unknown];
  expect(rowsOfLastDays(files, { days: 1, nowMs: NOW_MS })).toBe(10 + 50 + 5);
  expect(rowsOfLastDays(files, { days: 7, nowMs: NOW_MS })).toBe(1_115);
  expect(rowsOfLastDays([], { days: 7, nowMs: NOW_MS })).toBe(0);
});

test("rereadRequestsPerDay is the daily one's requests and a seventh of the weekly one's, rounded up", () => {
  expect(rereadRequestsPerDay(V2, { daily: 2_500, weekly: 14_000 })).toBe(3 + 2);
  expect(rereadRequestsPerDay(V2, { daily: 0, weekly: 0 })).toBe(2);
  expect(rereadRequestsPerDay(V1, { daily: 1_001, weekly: 7_000 })).toBe(2 + 1);
  expect(rereadRequestsPerDay(GAUGE, { daily: 5, weekly: 5 })).toBe(0);
  expect(rereadRequests(V2, { daily: 2_001, weekly: 0 })).toEqual({ daily: 3, weekly: 1 });
});

test("rereadDaysOf says of a stream without days of its own what the pipeline reads again", () => {
  const cursor = { stream: "x", startMs: NOW_MS - 30 * DAY_MS, watermarkMs: NOW_MS, commit: "x" };
  const daysBack = (noted: {
    readonly dayRereadMs: number;
    readonly weekRereadMs: number;
  }): number | undefined => {
    const due = dueReread({ ...cursor, ...noted }, { nowMs: NOW_MS, days: undefined });
    return due && (NOW_MS - due.range.fromMs) / DAY_MS;
  };
  const days = rereadDaysOf({});
  expect(daysBack({ dayRereadMs: NOW_MS - DAY_MS, weekRereadMs: NOW_MS })).toBe(days.daily);
  expect(daysBack({ dayRereadMs: NOW_MS, weekRereadMs: NOW_MS - 7 * DAY_MS })).toBe(days.weekly);
});

import { describe, expect, test } from "vitest";
import type { Io } from "../../src/cli/io.ts";
import { printStatus } from "../../src/cli/print-status.ts";
import { statusJson } from "../../src/cli/status-json.ts";
import { lagSeconds } from "../../src/status/lag-seconds.ts";
import type { TableStatus } from "../../src/status/table-status.ts";

const AT_MS = Date.UTC(2026, 2, 12, 15, 30);
const HOUR_MS = 3_600_000;

const QUIET: TableStatus = {
  source: "duo",
  account: undefined,
  table: "auth",
  resolvedName: "duo_auth",
  stream: "authentication_v2",
  streamSinceMs: undefined,
  watermarkMs: AT_MS,
  rowCount: 5,
  fileCount: 1,
  lastPullAt: "2026-03-12T15:30:20.000Z",
  lastError: undefined,
  gaps: [],
  drift: [],
  deadLetterCount: 0,
  backfill: undefined,
  dayRereadMs: undefined,
  weekRereadMs: undefined,
  rereadRequestsPerDay: undefined,
  waiting: undefined,
};

const BUSY: TableStatus = {
  ...QUIET,
  account: "DA1",
  table: "admin",
  resolvedName: "duo_admin",
  stream: "activity_v2",
  streamSinceMs: AT_MS - 48 * HOUR_MS,
  gaps: [{ fromMs: AT_MS, toMs: AT_MS + 1_000, reason: "saturated_second" }],
  drift: [
    { what: "field new_thing", count: 1_200, firstAt: "2026-03-10T00:00:00.000Z" },
    { what: "value factor=x", count: 1, firstAt: "2026-03-11T00:00:00.000Z" },
  ],
  deadLetterCount: 3,
  backfill: {
    state: "running",
    sinceMs: AT_MS - 96 * HOUR_MS,
    reachedMs: AT_MS - 48 * HOUR_MS,
    percent: 50.5,
    eventsPerSecond: 800,
    etaSeconds: 90,
  },
  dayRereadMs: AT_MS - HOUR_MS,
  rereadRequestsPerDay: 3,
  waiting: {
    account: "DA1",
    endpoint: "/admin/v2/logs/activity",
    reason: "hold",
    priority: "live",
    untilMs: AT_MS + 10 * 60_000,
    rejectedCount: 2,
  },
};

function printed(tables: readonly TableStatus[]): string {
  let text = "";
  const io: Io = {
    out: (more) => {
      text += more;
    },
    err: () => {},
    drain: async () => {},
    env: {},
    cwd: "/",
    isTerminal: false,
    signal: new AbortController().signal,
  };
  printStatus(tables, AT_MS + 60_000, io);
  return text;
}

test("statusJson has the promised keys, instants as ISO 8601 with Z", () => {
  expect(statusJson(BUSY, AT_MS + 90_400)).toEqual({
    source: "duo",
    account: "DA1",
    table: "admin",
    stream: "activity_v2",
    stream_since: "2026-03-10T15:30:00.000Z",
    watermark: "2026-03-12T15:30:00.000Z",
    lag_seconds: 90,
    rows: 5,
    files: 1,
    last_pull_at: "2026-03-12T15:30:20.000Z",
    last_error: null,
    backfill: {
      state: "running",
      since: "2026-03-08T15:30:00.000Z",
      reached: "2026-03-10T15:30:00.000Z",
      percent: 50.5,
      events_per_second: 800,
      eta_seconds: 90,
    },
    gaps: [{ from: "2026-03-12T15:30:00.000Z", to: "2026-03-12T15:30:01.000Z", reason: "saturated_second" }],
    drift: [
      { what: "field new_thing", count: 1_200, first: "2026-03-10T00:00:00.000Z" },
      { what: "value factor=x", count: 1, first: "2026-03-11T00:00:00.000Z" },
    ],
    dead_letters: 3,
    last_day_reread: "2026-03-12T14:30:00.000Z",
    last_week_reread: null,
    reread_requests_per_day: 3,
    waiting: {
      endpoint: "/admin/v2/logs/activity",
      reason: "hold",
      priority: "live",
      until: "2026-03-12T15:40:00.000Z",
      rejected_count: 2,
    },
  });
});

test("statusJson says null for what is not known or not so", () => {
  expect(
    statusJson({ ...QUIET, stream: undefined, watermarkMs: undefined, lastPullAt: undefined }, AT_MS),
  ).toMatchObject({
    account: null,
    stream: null,
    stream_since: null,
    watermark: null,
    lag_seconds: null,
    last_pull_at: null,
    backfill: null,
    reread_requests_per_day: null,
    waiting: null,
  });
});

test("lagSeconds is never negative, and unknown before the first pull", () => {
  expect(lagSeconds(QUIET, AT_MS - 5_000)).toBe(0);
  expect(lagSeconds({ watermarkMs: undefined }, AT_MS)).toBeUndefined();
});

describe("printStatus", () => {
  test("prints few columns while there is nothing to say", () => {
    expect(printed([QUIET])).toBe(
      "table     stream             complete up to  rows  files  last pull\n" +
        "duo_auth  authentication_v2  1 min ago          5      1  40 s ago\n",
    );
  });

  test("shows what feeds a table since when, how far the backfill is, what was rejected and what is not known", () => {
    const text = printed([QUIET, BUSY]);
    const [head, , busy] = text.split("\n");
    expect(head).toMatch(
      /^table +account +stream +complete up to +rows +files +last pull +backfill +day, week re-read +rejected +gaps +unknown in events$/,
    );
    expect(busy).toMatch(
      /^duo_admin +DA1 +activity_v2 since 2026-03-10 15:30:00Z +1 min ago +5 +1 +40 s ago +50\.5 %, 1 min 30 s left +1 h 1 min ago, not yet +3 +1 +2 kinds, 1,201 times$/,
    );
    expect(text).toContain("Re-reads take about 3 requests a day.\n");
  });

  test("says why something waits, until when", () => {
    expect(printed([BUSY])).toContain(
      "\nduo_admin of DA1 waits until 2026-03-12 15:40:00Z: Duo answered 429 (2 times in a row)\n",
    );
    const behind = {
      ...BUSY,
      waiting: { ...(BUSY.waiting as object), reason: "behind" } as TableStatus["waiting"],
    };
    expect(printed([behind])).toContain(": requests that are more urgent go first\n");
  });

  test.each([
    [{ state: "none" }, "not begun"],
    [{ state: "done", percent: 100 }, "done, since 2026-03-08"],
    [{ state: "running", etaSeconds: undefined }, "50.5 %"],
  ] as const)("says of a backfill %j: %s", (changes, text) => {
    const backfill = { ...BUSY.backfill, ...changes } as TableStatus["backfill"];
    expect(printed([{ ...QUIET, backfill }])).toMatch(new RegExp(`40 s ago +${text}\n`));
  });
});

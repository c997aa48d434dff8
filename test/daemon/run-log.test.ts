import { describe, expect, test } from "vitest";
import type { BackfillReport } from "../../src/backfill-one.ts";
import type { Io } from "../../src/cli/io.ts";
import { createRunLog, type RunLog } from "../../src/daemon/run-log.ts";
import { DuolakeError } from "../../src/core/errors.ts";
import { createHourCounts } from "../../src/pipeline/hour-counts.ts";

type LogRecord = Readonly<Record<string, unknown>>;

const AT_MS = Date.UTC(2026, 2, 12, 15, 30);
const REPORT: BackfillReport = {
  wantedMs: 1_000,
  leftMs: 500,
  slice: { fromMs: 0, toMs: 1 },
  reachedMs: 1,
  counts: { fetched: 12, appended: 11, duplicates: 0, rejected: 1 },
  requestCount: 2,
  eventsPerSecond: 6.4,
  requestsPerSecond: 1,
  etaMs: 2_000,
};
const DONE: BackfillReport = { ...REPORT, leftMs: 0, slice: undefined, reachedMs: undefined, etaMs: 0 };
const OF = { source: "duo", account: undefined, table: "auth" };

function start(): {
  readonly log: RunLog;
  readonly records: readonly LogRecord[];
  readonly pass: (ms: number) => void;
} {
  const records: LogRecord[] = [];
  let nowMs = AT_MS;
  const io: Io = {
    out: () => {},
    err: (text) => {
      const { time: _time, ...record } = JSON.parse(text) as LogRecord;
      records.push(record);
    },
    drain: async () => {},
    env: {},
    cwd: "/",
    isTerminal: false,
    signal: new AbortController().signal,
  };
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  return { log: createRunLog(io, () => nowMs), records, pass };
}

describe("createRunLog", () => {
  test("tells of a backfill at most every 30 seconds for each table, and of its end", () => {
    const { log, records, pass } = start();
    const tell = (report: BackfillReport, of = OF): void =>
      log.background({ kind: "backfill", report, ...of });
    tell(REPORT);
    pass(29_999);
    tell(REPORT);
    tell(REPORT, { ...OF, table: "admin" });
    pass(1);
    tell({ ...REPORT, etaMs: undefined });
    tell({ ...DONE, slice: { fromMs: 0, toMs: 1 } });
    tell(DONE);
    const fields = { percent: 50, fetched: 12, appended: 11, rejected: 1, requests: 2, events_per_second: 6 };
    const [level, source] = [30, "duo"];
    const under = { level, source, ...fields, msg: "backfilling" };
    expect(records).toEqual([
      { ...under, table: "auth", eta_seconds: 2 },
      { ...under, table: "admin", eta_seconds: 2 },
      { ...under, table: "auth", eta_seconds: null },
      { level, source, table: "auth", ...fields, percent: 100, msg: "backfilled" },
    ]);
  });

  test("says nothing of a backfill that was complete before", () => {
    const { log, records } = start();
    log.background({ kind: "backfill", report: { ...DONE, wantedMs: 0, requestCount: 0 }, ...OF });
    expect(records).toEqual([]);
  });

  test("tells what a re-read found, with the child account", () => {
    const { log, records } = start();
    const reread = {
      range: { fromMs: AT_MS - 86_400_000, toMs: AT_MS },
      stream: "authentication_v2",
      requestCount: 3,
      expected: 2_100,
      healed: 2,
      rejected: 0,
      hours: createHourCounts(),
      isCut: false,
    };
    log.background({ kind: "reread", reread, ...OF, account: "DA1" });
    expect(records).toEqual([
      {
        level: 30,
        source: "duo",
        account: "DA1",
        table: "auth",
        stream: "authentication_v2",
        from: "2026-03-11T15:30:00.000Z",
        to: "2026-03-12T15:30:00.000Z",
        requests: 3,
        expected: 2_100,
        healed: 2,
        rejected: 0,
        msg: "read again",
      },
    ]);
  });

  test("warns of work behind the pulls that failed", () => {
    const { log, records } = start();
    log.background({
      kind: "failed",
      doing: "reread",
      code: "duo_forbidden",
      message: "no permission",
      ...OF,
    });
    expect(records).toEqual([
      {
        level: 40,
        source: "duo",
        table: "auth",
        doing: "reread",
        code: "duo_forbidden",
        reason: "no permission",
        msg: "background work failed",
      },
    ]);
  });

  test("warns once of an account that is left out", () => {
    const { log, records } = start();
    const error = new DuolakeError("config_invalid", "no such account");
    for (const source of ["duo", "duo", "duo_b"]) log.leftOut(source, error);
    expect(records.map(({ source, msg, reason }) => [source, msg, reason])).toEqual([
      ["duo", "an account is left out", "no such account"],
      ["duo_b", "an account is left out", "no such account"],
    ]);
  });
});

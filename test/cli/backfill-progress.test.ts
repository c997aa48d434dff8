import { expect, test } from "vitest";
import type { BackfillReport } from "../../src/backfill-one.ts";
import { createBackfillProgress, describeBackfill } from "../../src/cli/backfill-progress.ts";
import type { TablePuller } from "../../src/pipeline/table-puller.ts";

const HALF: BackfillReport = {
  wantedMs: 1_000,
  leftMs: 500,
  slice: { fromMs: 0, toMs: 1 },
  reachedMs: 1,
  counts: { fetched: 12_345, appended: 12_000, duplicates: 345, rejected: 0 },
  requestCount: 14,
  eventsPerSecond: 820.4,
  requestsPerSecond: 2,
  etaMs: 182_000,
};
const DONE: BackfillReport = { ...HALF, leftMs: 0, slice: undefined, reachedMs: undefined };

function puller(resolvedName: string): TablePuller {
  return { resolvedName, account: undefined } as Partial<TablePuller> as TablePuller;
}

test("describeBackfill says how far it is, how fast and how long still", () => {
  expect(describeBackfill(HALF)).toBe(" 50 %  12,345 events  14 requests  820/s  3 min 2 s left");
  expect(describeBackfill({ ...HALF, leftMs: 1, requestCount: 1, etaMs: undefined })).toBe(
    " 99 %  12,345 events  1 request  820/s",
  );
  expect(describeBackfill({ ...DONE, wantedMs: 0 })).toMatch(/^100 % /);
});

test("createBackfillProgress draws a bar for each table under way, and none for one that is done", () => {
  let drawn = "";
  const io = {
    out: () => {},
    err: (text: string) => {
      drawn = text;
    },
    drain: async () => {},
    env: {},
    cwd: "/",
    isTerminal: true,
    signal: new AbortController().signal,
  };
  let nowMs = 0;
  const progress = createBackfillProgress(io, () => (nowMs += 1_000));
  progress.onProgress(puller("duo_auth"), HALF);
  progress.onProgress(puller("duo_telephony"), { ...HALF, leftMs: 750 });
  expect(drawn.split("\n").slice(0, 2)).toEqual([
    expect.stringContaining(`duo_auth       ████████░░░░░░░░  50 %`),
    expect.stringContaining(`duo_telephony  ████░░░░░░░░░░░░  25 %`),
  ]);
  progress.onProgress(puller("duo_auth"), DONE);
  expect(drawn).not.toContain("duo_auth");
  expect(drawn).toContain("duo_telephony");
});

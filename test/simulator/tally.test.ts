import { expect, test } from "vitest";

import { createTally, type RequestRecord } from "../../simulator/tally.ts";

const RECORD: RequestRecord = {
  atMs: 0,
  method: "GET",
  path: "/admin/v2/logs/activity",
  stream: "activity_v2",
  accountId: "DA1",
  params: {},
  status: 200,
  code: null,
  rowCount: 2,
  fault: null,
};

test("tally keeps the last requests and counts all of them", () => {
  const tally = createTally();
  for (let i = 0; i < 100_001; i += 1) tally.record({ ...RECORD, atMs: i });
  tally.record({ ...RECORD, accountId: "DA2", fault: "slow" });
  tally.record({ ...RECORD, stream: null });
  expect(tally.requests().length).toBeLessThan(60_000);
  expect(tally.requests()[0]?.atMs).toBe(50_001);
  expect(tally.counts("activity_v2", undefined)).toEqual({
    requests: 100_002,
    rowsServed: 200_004,
    faults: 1,
  });
  expect(tally.counts("activity_v2", "DA2")).toEqual({ requests: 1, rowsServed: 2, faults: 1 });
  expect(tally.counts("telephony_v2", "DA2")).toEqual({ requests: 0, rowsServed: 0, faults: 0 });
  tally.clear();
  expect(tally.requests()).toEqual([]);
  expect(tally.counts("activity_v2", undefined).requests).toBe(0);
});

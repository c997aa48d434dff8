import { expect, test } from "vitest";
import { readQueryTimes } from "../../src/cli/read-query-times.ts";

const NOW_MS = Date.UTC(2026, 2, 12, 15, 30);
const DAY_MS = 86_400_000;

test("readQueryTimes reads durations, days, instants and ids of snapshots", () => {
  expect(readQueryTimes({}, NOW_MS)).toEqual({});
  expect(readQueryTimes({ since: "7d", until: "1d", asOf: "2h" }, NOW_MS)).toEqual({
    sinceMs: NOW_MS - 7 * DAY_MS,
    untilMs: NOW_MS - DAY_MS,
    asOf: { timeMs: NOW_MS - DAY_MS / 12 },
  });
  expect(readQueryTimes({ since: "2026-03-01", asOf: "2026-03-02T01:02:03Z" }, NOW_MS)).toEqual({
    sinceMs: Date.UTC(2026, 2, 1),
    asOf: { timeMs: Date.UTC(2026, 2, 2, 1, 2, 3) },
  });
  expect(readQueryTimes({ asOf: "7712345678901234567" }, NOW_MS)).toEqual({
    asOf: { snapshotId: 7712345678901234567n },
  });
});

test.each([
  [{ since: "soon" }, "Cannot use --since: it must be"],
  [{ until: "2026-03-13" }, "Cannot use --until: it must lie in the past"],
  [{ asOf: "12x" }, "Cannot use --as-of: it must be"],
  [{ since: "1d", until: "2d" }, 'Cannot use --until: it must be later than --since, got "2d"'],
  [{ since: "1d", until: "1d" }, "it must be later than --since"],
])("readQueryTimes refuses %j", (times, message) => {
  expect(() => readQueryTimes(times, NOW_MS)).toThrow(message);
});

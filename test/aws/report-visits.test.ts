import { expect, test } from "vitest";
import { reportVisits } from "../../src/aws/report-visits.ts";
import type { VisitOutcome } from "../../src/aws/visit.ts";

const GOOD: VisitOutcome = {
  secret: "populated",
  isAnswered: true,
  failures: [],
  appended: 0,
  isRateLimited: false,
};
const failed = (code: VisitOutcome["failures"][number]["code"]): VisitOutcome => ({
  ...GOOD,
  isAnswered: false,
  failures: [{ code, message: "Cannot" }],
});

test("log sources are counted by what became of them, rows are summed", () => {
  const outcomes: readonly VisitOutcome[] = [
    { ...GOOD, appended: 7 },
    { ...GOOD, appended: 5, isRateLimited: true },
    { ...GOOD, isAnswered: false, secret: "missing" },
    failed("duo_signature_invalid"),
    failed("duo_rate_limited"),
  ];
  expect(reportVisits(outcomes)).toEqual({
    counts: { PullSuccess: 2, PullFailure: 1, SecretNotPopulated: 1, RateLimited: 2, RowsAppended: 12 },
    isToBeRepeated: false,
  });
});

test("a log source of which one table failed is a failure and, for the others, a success", () => {
  const outcome = { ...failed("duo_forbidden"), isAnswered: true };
  expect(reportVisits([outcome]).counts).toMatchObject({ PullSuccess: 1, PullFailure: 1 });
});

test("one that was cut before Duo answered is neither", () => {
  expect(reportVisits([{ ...GOOD, isAnswered: false }]).counts).toMatchObject({
    PullSuccess: 0,
    PullFailure: 0,
  });
});

test("one log source whose lake fails has the message repeated", () => {
  expect(reportVisits([GOOD, failed("lake_unwritable")]).isToBeRepeated).toBe(true);
});

test("nothing visited is nothing counted", () => {
  expect(Object.values(reportVisits([]).counts)).toEqual([0, 0, 0, 0, 0]);
});

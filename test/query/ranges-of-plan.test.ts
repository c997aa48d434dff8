import { expect, test } from "vitest";
import { type PlanNode, rangesOfPlan } from "../../src/query/ranges-of-plan.ts";

const LITERAL = (text: string): string => `'${text}'::TIMESTAMP WITH TIME ZONE`;
const FROM = LITERAL("2026-03-01 00:00:00+00");
const FROM_US = Date.UTC(2026, 2, 1) * 1000;
const TO = LITERAL("2026-03-02 00:00:00.5+00");
// A minute more, because now() is later when the question is asked in earnest.
const TO_US = (Date.UTC(2026, 2, 2) + 60_000) * 1000 + 500_000;

function scan(filters: unknown, table = "memory.main.duo_auth"): PlanNode {
  return { name: "SEQ_SCAN ", extra_info: { Table: table, Filters: filters } };
}

function rangeOf(...nodes: readonly PlanNode[]): unknown {
  return rangesOfPlan([{ name: "PROJECTION", children: nodes }]).get("duo_auth");
}

test.each([
  [`ts>=${FROM}`, { fromUs: FROM_US }],
  [`ts>${FROM} AND ts<=${TO}`, { fromUs: FROM_US, toUs: TO_US }],
  [`ts>=${FROM} AND optional: Dynamic Filter (ts)`, { fromUs: FROM_US }],
  [`ts>=${FROM} AND (ts IS NOT NULL)`, { fromUs: FROM_US }],
  [`ts!=${TO} AND ts>=${FROM}`, { fromUs: FROM_US }],
  [["user.name='x'", `ts<${TO}`], { toUs: TO_US }],
  [`ts=${FROM} AND ts>=${LITERAL("2026-02-01 00:00:00+00")}`, { fromUs: FROM_US, toUs: expect.any(Number) }],
])("rangesOfPlan understands %j", (filters, range) => {
  expect(rangeOf(scan(filters))).toEqual(range);
});

test.each([
  undefined,
  "",
  `optional: ts>${FROM}`,
  `ts>=${FROM} OR ts<${TO}`,
  `ts>=${FROM} AND n=1`,
  `user.ts>=${FROM}`,
  `x.ts>=${FROM}`,
  `(CAST(ts AS DATE) = '2026-01-01'::DATE)`,
  `ts>=${LITERAL("infinity")}`,
  `ts>=${LITERAL("290000-01-01 00:00:00+00")}`,
  `name='a AND ts>=${FROM}'`,
  [`name='a\nts>=${FROM}'`],
])("rangesOfPlan takes nothing from %j", (filters) => {
  expect(rangeOf(scan(filters))).toEqual({});
});

test("rangesOfPlan gives a table that is scanned twice all that either scan needs", () => {
  expect(rangeOf(scan(`ts>=${FROM}`), scan(`ts>=${TO}`))).toEqual({ fromUs: FROM_US });
  expect(rangeOf(scan(`ts>=${FROM} AND ts<${TO}`), scan(`ts<${FROM}`))).toEqual({ toUs: TO_US });
  expect(rangeOf(scan(`ts>=${FROM}`), scan(undefined))).toEqual({});
});

test("rangesOfPlan keeps tables apart and knows only those of the lake", () => {
  const ranges = rangesOfPlan([
    scan(`ts>=${FROM}`),
    scan(`ts<${TO}`, "memory.main.duo_admin"),
    scan(`ts<${TO}`, "system.main.duo_other"),
    { name: "READ_CSV", extra_info: { Filters: `ts<${TO}` } },
  ]);
  expect([...ranges]).toEqual([
    ["duo_auth", { fromUs: FROM_US }],
    ["duo_admin", { toUs: TO_US }],
  ]);
});

import { expect, test } from "vitest";
import type { Maintained } from "../../src/aws/maintained.ts";
import { planMaintenance } from "../../src/aws/plan-maintenance.ts";
import { tablesOfSource } from "../../src/maintain-all.ts";

const at = (time: string): number => Date.parse(`2026-03-${time}:00Z`);
const [AUTH, ADMIN] = tablesOfSource("duo", ["auth", "admin"]);
const TABLES = [AUTH, ADMIN].filter((table) => table !== undefined);

function planned(times: readonly (readonly [whole: string, looked: string])[], now: string): string[] {
  const maintained: Maintained = new Map(
    times.map(([whole, looked], index) => [
      TABLES[index]?.resolvedName ?? "",
      { wholeMs: at(whole), lookedMs: at(looked) },
    ]),
  );
  return planMaintenance(TABLES, maintained, at(now)).map(
    ({ table, scope }) => `${table.resolvedName} ${scope}`,
  );
}

test("what was never maintained is due as a whole", () => {
  expect(planned([], "12T00:00")).toEqual(["duo_auth all", "duo_admin all"]);
});

test("from five past three on each table is due as a whole once, the one that has waited longest first", () => {
  const times = [
    ["12T04:10", "12T22:00"],
    ["12T04:00", "12T22:00"],
  ] as const;
  expect(planned(times, "13T03:04")).toEqual(["duo_auth open_days", "duo_admin open_days"]);
  expect(planned(times, "13T03:05")).toEqual(["duo_admin all", "duo_auth all"]);
});

test("open days are looked at every six hours, however often the rule comes", () => {
  const times = [
    ["12T04:00", "12T10:00"],
    ["12T04:00", "12T16:00"],
  ] as const;
  expect(planned(times, "12T14:45")).toEqual([]);
  expect(planned(times, "12T15:00")).toEqual(["duo_auth open_days"]);
  expect(planned(times, "12T22:00")).toEqual(["duo_auth open_days", "duo_admin open_days"]);
});

test("a table as a whole comes before open days", () => {
  const times = [
    ["13T04:00", "13T04:00"],
    ["12T04:00", "13T12:00"],
  ] as const;
  expect(planned(times, "13T12:30")).toEqual(["duo_admin all", "duo_auth open_days"]);
});

test("a time that lies ahead keeps nothing waiting for long", () => {
  expect(planned([["12T04:00", "14T04:00"]], "12T12:00")).toEqual(["duo_admin all", "duo_auth open_days"]);
});

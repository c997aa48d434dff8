import { describe, expect, test } from "vitest";
import { exitCodeOf, exitCodeOfPull } from "../../src/cli/exit-codes.ts";
import { formatCount, formatDuration, formatInstant, isoInstant } from "../../src/cli/format.ts";
import { printResults, resultJson } from "../../src/cli/pull.ts";
import { textTable } from "../../src/cli/text-table.ts";
import { DuolakeError, ERROR_CODES } from "../../src/core/errors.ts";
import type { TableResult } from "../../src/pipeline/pull-result.ts";

const AT_MS = Date.UTC(2026, 2, 12, 15, 30, 20);

const GOOD: TableResult = {
  source: "duo",
  table: "auth",
  stream: "authentication_v2",
  fetched: 12_345,
  appended: 12_340,
  duplicates: 4,
  rejected: 1,
  gaps: [],
  watermarkMs: AT_MS,
  snapshotId: 2n ** 62n,
  rowCount: 99_999,
  skipped: undefined,
  error: undefined,
};

function failed(table: string, message: string): TableResult {
  return { ...GOOD, table, appended: 0, error: { code: "duo_forbidden", message } };
}

function printed(results: readonly TableResult[]): { readonly out: string; readonly err: string } {
  let out = "";
  let err = "";
  printResults(results, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    drain: async () => {},
    env: {},
    cwd: "/",
    isTerminal: false,
    signal: new AbortController().signal,
  });
  return { out, err };
}

describe("printResults", () => {
  test("lays out counts and how far the table is", () => {
    expect(printed([GOOD]).out).toBe(
      "source  table     new  known  rejected  complete up to\n" +
        "duo     auth   12,340      4         1  2026-03-12 15:30:20Z\n",
    );
  });

  test("names the child accounts where a provider's are pulled", () => {
    const { out } = printed([{ ...GOOD, account: "DA1" }, failed("admin", "no list")]);
    expect(out).toMatch(/^source +account +table +new /);
    expect(out).toMatch(/\nduo +DA1 +auth +12,340 /);
    expect(out).toMatch(/\nduo +admin +0 /);
  });

  test("says between which times Duo hands nothing out, and why", () => {
    const gap = { fromMs: AT_MS, toMs: AT_MS + 1000, reason: "saturated_second" as const };
    expect(printed([{ ...GOOD, gaps: [gap] }]).err).toBe(
      "duolake: auth: Duo does not hand out what lies between 2026-03-12 15:30:20Z and 2026-03-12 15:30:21Z (saturated_second)\n",
    );
    expect(resultJson({ ...GOOD, gaps: [gap] })["gaps"]).toEqual([
      { from: "2026-03-12T15:30:20.000Z", to: "2026-03-12T15:30:21.000Z", reason: "saturated_second" },
    ]);
  });

  test("has one line for each cause, with the tables it hit", () => {
    const { out, err } = printed([GOOD, failed("admin", "no permission"), failed("telephony", "the same")]);
    expect(out.match(/failed: duo_forbidden/g)).toHaveLength(2);
    expect(err).toBe("duolake: no permission [admin, telephony]\n");
  });
});

test("exitCodeOfPull: 0 all done, 3 some failed, 1 all failed", () => {
  const bad = failed("admin", "x");
  const skipped = { ...GOOD, skipped: "secret_not_populated" };
  expect(exitCodeOfPull([])).toBe(0);
  expect(exitCodeOfPull([GOOD, skipped])).toBe(0);
  expect(exitCodeOfPull([GOOD, bad])).toBe(3);
  expect(exitCodeOfPull([bad, bad])).toBe(1);
});

test("exitCodeOf is 2 for what the user wrote, else 1", () => {
  const codes = ERROR_CODES.filter((code) => exitCodeOf(new DuolakeError(code, "x")) === 2);
  expect(codes).toEqual(["usage_invalid", "config_not_found", "config_invalid", "query_invalid"]);
});

test.each([
  [0, "0"],
  [999, "999"],
  [1_000, "1,000"],
  [1_234_567, "1,234,567"],
])("formatCount of %i is %s", (count, text) => {
  expect(formatCount(count)).toBe(text);
});

test.each([
  [-5, "0 s"],
  [0.4, "0 s"],
  [40, "40 s"],
  [312, "5 min 12 s"],
  [300, "5 min"],
  [3_599.6, "1 h"],
  [86_400 * 2 + 3 * 3_600 + 59, "2 d 3 h"],
  [86_400 * 2 + 5, "2 d"],
])("formatDuration of %f seconds is %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test("instants are those of UTC, for people and for JSON", () => {
  expect(formatInstant(AT_MS + 5)).toBe("2026-03-12 15:30:20Z");
  expect(isoInstant(AT_MS + 5)).toBe("2026-03-12T15:30:20.005Z");
  expect(isoInstant(undefined)).toBeNull();
});

test("textTable counts wide characters twice, and leaves no blank at the end of a line", () => {
  const text = textTable(
    [{ title: "a" }, { title: "b", align: "right" }, { title: "c" }],
    [
      ["東京", "1", ""],
      ["x", "22", "y"],
    ],
  );
  expect(text).toBe("a      b  c\n東京   1\nx     22  y\n");
  expect(textTable([{ title: "" }], [["x"]])).toBe("x\n");
});

import { describe, expect, test } from "vitest";
import { printVerified, type PrintVerifiedOptions } from "../../src/cli/print-verified.ts";
import { exitCodeOfVerify, verifiedJson } from "../../src/cli/verify.ts";
import type { CheckedHour } from "../../src/pipeline/completeness.ts";
import { RETENTION_MS } from "../../src/pipeline/window.ts";
import type { VerifiedTable } from "../../src/verify-all.ts";

const HOUR_MS = 3_600_000;
const FROM_MS = Date.UTC(2026, 2, 12, 10);
const NOW_MS = FROM_MS + 5 * HOUR_MS;
const USUAL: PrintVerifiedOptions = { sinceMs: FROM_MS, nowMs: NOW_MS, listsHours: true };

function hour(changes: Partial<CheckedHour>): CheckedHour {
  return {
    hourMs: FROM_MS,
    expected: 10,
    attempts: undefined,
    present: 10,
    healed: 0,
    missing: 0,
    ...changes,
  };
}

function table(hours: readonly CheckedHour[], changes: Partial<VerifiedTable> = {}): VerifiedTable {
  const range = { fromMs: FROM_MS, toMs: NOW_MS };
  const verification = {
    range,
    stream: "authentication_v2",
    requestCount: 3,
    hours,
    attemptsProblem: undefined,
  };
  const names = { source: "duo", account: undefined, table: "auth", stream: "authentication_v2" };
  return { ...names, verification, skipped: undefined, error: undefined, ...changes };
}

function printed(results: readonly VerifiedTable[], options = USUAL): string {
  let text = "";
  const write = (more: string): void => {
    text += more;
  };
  const { signal } = new AbortController();
  printVerified(results, options, {
    out: write,
    err: write,
    drain: async () => {},
    env: {},
    cwd: "/",
    isTerminal: false,
    signal,
  });
  return text;
}

describe("printVerified", () => {
  test("says of a table that something is missing still, and in which hour", () => {
    const text = printed([
      table([hour({}), hour({ hourMs: FROM_MS + HOUR_MS, expected: 7, present: 5, missing: 2 })]),
    ]);
    expect(text).toBe(
      "table     expected  present  healed  missing\n" +
        "duo_auth        17       15       0        2  INCOMPLETE\n" +
        "\n" +
        "hour                  table     expected  present  healed  missing\n" +
        "2026-03-12 11:00:00Z  duo_auth         7        5       0        2\n",
    );
  });

  test("shows Duo's own count where there is one", () => {
    const text = printed([
      table([hour({ attempts: 10 }), hour({ attempts: 4 })]),
      table([hour({})], { account: "DA1" }),
    ]);
    expect(text).toMatch(/missing +attempts\n/);
    expect(text).toMatch(/duo_auth +20 +20 +0 +0 +14 +complete\n/);
    expect(text).toMatch(/duo_auth of DA1 +10 +10 +0 +0 +complete\n/);
  });

  test("says why less was compared than asked for", () => {
    const older = { ...USUAL, sinceMs: FROM_MS - 24 * HOUR_MS };
    expect(printed([table([hour({})])], older)).toContain(
      "duo_auth: compared from 2026-03-12 10:00:00Z on: the table holds nothing older yet; `duolake backfill`",
    );
    const late = { ...older, nowMs: FROM_MS + RETENTION_MS };
    expect(printed([table([hour({})])], late)).toContain("Z on: Duo keeps nothing older\n");
    expect(printed([table([hour({})])], { ...USUAL, sinceMs: FROM_MS + 1_800_000 })).not.toContain(
      "compared from",
    );
  });

  test("tells why Duo's counter could not be asked", () => {
    const { verification } = table([hour({})]);
    const result = table([], {
      verification: verification && { ...verification, attemptsProblem: "no permission" },
    });
    expect(printed([result])).toContain("attempts could not be asked: no permission\n");
    expect(verifiedJson(result)).toMatchObject({ attempts: null, attempts_problem: "no permission" });
  });
});

test("exitCodeOfVerify is 1 where something is missing still, else as that of a pull", () => {
  const fine = table([hour({ healed: 3 })]);
  const failed = table([], { verification: undefined, error: { code: "duo_forbidden", message: "x" } });
  expect(exitCodeOfVerify([])).toBe(0);
  expect(exitCodeOfVerify([fine])).toBe(0);
  expect(exitCodeOfVerify([fine, failed])).toBe(3);
  expect(exitCodeOfVerify([failed])).toBe(1);
  expect(exitCodeOfVerify([fine, fine, table([hour({ missing: 1 })])])).toBe(1);
});

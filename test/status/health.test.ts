import { describe, expect, test } from "vitest";
import { createBoard } from "../../src/status/board.ts";
import { type Health, healthOf } from "../../src/status/health.ts";
import { board, FAILED, MINUTE_MS, result, SKIPPED, START_MS } from "./support/made-results.ts";

const FAILING_AFTER_MS = 15 * MINUTE_MS;

function judge(of: ReturnType<typeof board>, minutes: number): Health {
  return healthOf(of, { nowMs: START_MS + minutes * MINUTE_MS, failingAfterMs: FAILING_AFTER_MS });
}

describe("healthOf", () => {
  test("a table is starting until its first pull ended, and failing when that takes too long", () => {
    expect(judge(board(), 1)).toEqual({
      status: "ok",
      tables: ["auth", "admin"].map((table) => ({
        source: "duo",
        table,
        status: "starting",
        lag_seconds: null,
        last_pull_at: null,
        error: null,
      })),
    });
    expect(judge(board(), 16)).toMatchObject({ status: "failing", tables: [{ status: "failing" }, {}] });
  });

  test("a table whose pulls do what they are asked is well, however quiet its stream", () => {
    const one = board();
    for (const table of ["auth", "admin"]) {
      one.record(result({ table, appended: 0, watermarkMs: START_MS }), START_MS + 60 * MINUTE_MS);
    }
    const health = judge(one, 61);
    expect(health.status).toBe("ok");
    expect(health.tables[0]).toEqual({
      source: "duo",
      table: "auth",
      status: "ok",
      lag_seconds: 61 * 60,
      last_pull_at: "2026-03-12T16:30:00.000Z",
      error: null,
    });
  });

  test("one failed pull is no failure yet; a row of them is, and one good pull mends it", () => {
    const one = board();
    one.record(result({ table: "admin" }), START_MS + 20 * MINUTE_MS);
    one.record(result(), START_MS);
    one.record(FAILED, START_MS + 5 * MINUTE_MS);
    expect(judge(one, 5)).toMatchObject({
      status: "ok",
      tables: [{ status: "ok", error: { code: "duo_forbidden", message: "no permission" } }, {}],
    });
    one.record(FAILED, START_MS + 16 * MINUTE_MS);
    expect(judge(one, 16)).toMatchObject({
      status: "failing",
      tables: [{ status: "failing" }, { status: "ok" }],
    });
    one.record(result(), START_MS + 20 * MINUTE_MS);
    expect(judge(one, 20).status).toBe("ok");
  });

  test("a secret that is not set is a state, not a failure", () => {
    const one = board();
    for (const table of ["auth", "admin"]) one.record({ ...SKIPPED, table }, START_MS + 60 * MINUTE_MS);
    expect(judge(one, 61)).toMatchObject({ status: "ok", tables: [{ status: "skipped" }, {}] });
  });

  test("a daemon without tables is well", () => {
    expect(healthOf(createBoard([], START_MS), { nowMs: START_MS, failingAfterMs: 1 })).toEqual({
      status: "ok",
      tables: [],
    });
  });
});

test("healthOf names the child account where a provider's are pulled", () => {
  const one = board();
  one.record(result({ account: "DA1" }), START_MS);
  expect(judge(one, 1).tables.map(({ table, account }) => [table, account])).toEqual([
    ["admin", undefined],
    ["auth", "DA1"],
  ]);
});

describe("createBoard", () => {
  test("keeps the number of rows through a failure, and a day of history", () => {
    const one = board();
    one.record(result({ rowCount: 7 }), START_MS);
    for (let i = 1; i <= 400; i += 1) one.record(FAILED, START_MS + i);
    const [auth] = one.tables();
    expect(auth).toMatchObject({ rowCount: 7, lastGoodAtMs: START_MS, lastPullAtMs: START_MS + 400 });
    expect(auth?.history).toHaveLength(288);
    expect(auth?.history.at(-1)).toEqual({ atMs: START_MS + 400, appended: 0, failed: true });
  });

  test("shows a provider's child accounts in place of the log source once they are known", () => {
    const one = board();
    for (const account of ["DA1", "DA2"]) one.record(result({ account }), START_MS);
    expect(one.tables().map(({ table, account }) => [table, account])).toEqual([
      ["admin", undefined],
      ["auth", "DA1"],
      ["auth", "DA2"],
    ]);
  });
});

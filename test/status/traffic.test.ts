import { describe, expect, test } from "vitest";
import type { Waiting } from "../../src/duo/waiting.ts";
import { createRequestBudget } from "../../src/duo/request-budget.ts";
import { describeWait } from "../../src/status/endpoint-wait.ts";
import { createTraffic, type AccountBudget } from "../../src/status/traffic.ts";
import { createFakeClock } from "../core/support/fake-clock.ts";

const NOW_MS = Date.UTC(2026, 2, 12, 15, 30);
const AUTH = "/admin/v2/logs/authentication";

function budget(waits: readonly Waiting[], heldUntilMs?: number): AccountBudget {
  const endpoints = [{ endpoint: AUTH, ratePerSecond: 2.5, heldUntilMs }];
  return { source: "duo", account: "DA1", budget: { waiting: () => waits, endpoints: () => endpoints } };
}

function waiting(changes: Partial<Waiting>): Waiting {
  return {
    endpoint: AUTH,
    priority: "live",
    reason: "hold",
    untilMs: NOW_MS + 60_000,
    rejectedCount: 2,
    ...changes,
  };
}

describe("createTraffic", () => {
  test("tells of each endpoint what goes next and why it waits", () => {
    const one = budget([waiting({}), waiting({ priority: "backfill", untilMs: NOW_MS + 90_000 })]);
    expect(
      createTraffic(
        () => [one],
        () => NOW_MS,
      ).waits(),
    ).toEqual([
      {
        source: "duo",
        account: "DA1",
        endpoint: AUTH,
        reason: "hold",
        priority: "live",
        untilMs: NOW_MS + 60_000,
        rejectedCount: 2,
      },
    ]);
  });

  test("keeps quiet about short waits", () => {
    const one = budget([waiting({ reason: "rate", untilMs: NOW_MS + 5_000 })]);
    expect(
      createTraffic(
        () => [one],
        () => NOW_MS,
      ).waits(),
    ).toEqual([]);
  });

  test("tells of a hold that nobody waits for any more", () => {
    const one = budget([], NOW_MS + 600_000);
    expect(
      createTraffic(
        () => [one],
        () => NOW_MS,
      ).waits(),
    ).toMatchObject([{ endpoint: AUTH, reason: "hold", priority: undefined, untilMs: NOW_MS + 600_000 }]);
  });

  test("knows the learned rates, and sees what a real budget does after a 429", () => {
    const clock = createFakeClock(NOW_MS);
    const real = createRequestBudget({ clock, holdMs: 60_000 });
    const traffic = createTraffic(() => [{ source: "duo", account: undefined, budget: real }], clock.nowMs);
    expect(traffic.rates()).toEqual([]);
    real.succeeded(AUTH);
    expect(traffic.rates()).toMatchObject([{ source: "duo", account: undefined, endpoint: AUTH }]);
    expect(traffic.waits()).toEqual([]);
    real.limited(AUTH, undefined);
    expect(traffic.waits()).toMatchObject([{ reason: "hold", untilMs: NOW_MS + 60_000 }]);
  });
});

test.each([
  ["hold", 1, "Duo answered 429"],
  ["hold", 3, "Duo answered 429 (3 times in a row)"],
  ["hold", undefined, "Duo answered 429"],
  ["behind", 3, "requests that are more urgent go first"],
  ["rate", 0, "as fast as Duo lets it"],
] as const)("describeWait says of %s with %s: %s", (reason, rejectedCount, text) => {
  const wait = {
    account: undefined,
    endpoint: AUTH,
    priority: undefined,
    untilMs: NOW_MS,
    reason,
    rejectedCount,
  };
  expect(describeWait(wait)).toBe(text);
});

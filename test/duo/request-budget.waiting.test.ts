import { describe, expect, test } from "vitest";
import { createRequestBudget, type RequestBudget } from "../../src/duo/request-budget.ts";
import { createFakeClock, type FakeClock } from "../core/support/fake-clock.ts";

const PATH = "/admin/v2/logs/authentication";
const OTHER_PATH = "/admin/v2/logs/activity";
const MINUTE_MS = 60_000;

function made(): { readonly clock: FakeClock; readonly budget: RequestBudget } {
  const clock = createFakeClock();
  return { clock, budget: createRequestBudget({ clock, holdMs: MINUTE_MS }) };
}

describe("budget.waiting", () => {
  test("is empty while nobody waits", async () => {
    const { clock, budget } = made();
    await budget.acquire(PATH);
    expect(budget.waiting()).toEqual([]);
    const work = budget.acquire(PATH);
    expect(budget.waiting()).toHaveLength(1);
    await clock.run();
    await work;
    expect(budget.waiting()).toEqual([]);
  });

  test("names the turn and what is in front of it, in the order of going", async () => {
    const { clock, budget } = made();
    await budget.acquire(PATH);
    const startMs = clock.nowMs();
    const work = (["backfill", "live", "reread", "live"] as const).map((priority) =>
      budget.acquire(PATH, { priority }),
    );
    await clock.advance(400);
    const common = { endpoint: PATH, rejectedCount: 0 };
    expect(budget.waiting()).toEqual([
      { ...common, priority: "live", reason: "rate", untilMs: startMs + 1_000 },
      { ...common, priority: "live", reason: "rate", untilMs: startMs + 2_000 },
      { ...common, priority: "reread", reason: "behind", untilMs: startMs + 3_000 },
      { ...common, priority: "backfill", reason: "behind", untilMs: startMs + 4_000 },
    ]);
    await clock.advance(1_600);
    expect(budget.waiting().map(({ priority, reason }) => [priority, reason])).toEqual([
      ["reread", "rate"],
      ["backfill", "behind"],
    ]);
    await clock.run();
    await Promise.all(work);
  });

  test("names the hold for everybody at the endpoint, and how often Duo refused in a row", async () => {
    const { clock, budget } = made();
    await budget.acquire(PATH);
    await budget.acquire(OTHER_PATH);
    const startMs = clock.nowMs();
    const work = [
      budget.acquire(PATH, { priority: "backfill" }),
      budget.acquire(PATH),
      budget.acquire(OTHER_PATH, { priority: "reread" }),
    ];
    budget.limited(PATH, undefined);
    budget.limited(PATH, undefined);
    expect(budget.waiting()).toEqual([
      { endpoint: PATH, priority: "live", reason: "hold", untilMs: startMs + 120_000, rejectedCount: 2 },
      { endpoint: PATH, priority: "backfill", reason: "hold", untilMs: startMs + 124_000, rejectedCount: 2 },
      {
        endpoint: OTHER_PATH,
        priority: "reread",
        reason: "rate",
        untilMs: startMs + 1_000,
        rejectedCount: 0,
      },
    ]);
    budget.succeeded(PATH);
    expect(budget.waiting()[0]?.rejectedCount).toBe(0);
    await clock.run();
    await Promise.all(work);
  });

  test("says the time as the machine's clock will show it, also after that one was set back", async () => {
    const { clock, budget } = made();
    budget.limited(PATH, 40_000);
    const work = budget.acquire(PATH);
    clock.shift(-3_600_000);
    expect(budget.waiting()[0]?.untilMs).toBe(clock.nowMs() + 40_000);
    expect(budget.heldUntilMs(PATH)).toBe(clock.nowMs() + 40_000);
    await clock.run();
    await work;
    expect(clock.elapsedMs()).toBe(40_000);
  });
});

describe("budget.endpoints", () => {
  test("tells the learned rate and the hold of each endpoint that was asked for", async () => {
    const { clock, budget } = made();
    expect(budget.endpoints()).toEqual([]);
    await budget.acquire(PATH);
    budget.succeeded(PATH);
    budget.limited(OTHER_PATH, undefined);
    expect(budget.endpoints()).toEqual([
      { endpoint: PATH, ratePerSecond: 3, heldUntilMs: undefined },
      { endpoint: OTHER_PATH, ratePerSecond: 0.5, heldUntilMs: clock.nowMs() + MINUTE_MS },
    ]);
    await clock.advance(MINUTE_MS);
    expect(budget.endpoints()[1]?.heldUntilMs).toBeUndefined();
  });
});

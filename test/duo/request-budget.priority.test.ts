import { describe, expect, test } from "vitest";
import type { Clock } from "../../src/core/clock.ts";
import type { Priority } from "../../src/duo/priority.ts";
import { createRequestBudget, type RequestBudget } from "../../src/duo/request-budget.ts";
import { createFakeClock, type FakeClock } from "../core/support/fake-clock.ts";

const PATH = "/admin/v2/logs/authentication";
const OTHER_PATH = "/admin/v2/logs/activity";
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A budget whose first slot is taken, so that whoever comes waits; `ask` notes who went out and when. */
async function busy(): Promise<{
  readonly clock: FakeClock;
  readonly budget: RequestBudget;
  readonly sent: readonly (readonly [name: string, atMs: number])[];
  readonly ask: (priority: Priority, name?: string, signal?: AbortSignal) => Promise<unknown>;
}> {
  const clock = createFakeClock();
  const budget = createRequestBudget({ clock, holdMs: MINUTE_MS });
  const sent: (readonly [string, number])[] = [];
  await budget.acquire(PATH);
  const ask = async (priority: Priority, name: string = priority, signal?: AbortSignal): Promise<unknown> => {
    try {
      await budget.acquire(PATH, { priority, signal });
      sent.push([name, clock.elapsedMs()]);
      return undefined;
    } catch (error) {
      return error;
    }
  };
  return { clock, budget, sent, ask };
}

describe("budget.acquire among several that wait", () => {
  test("gives each slot to the most urgent, and of equals to the one that came first", async () => {
    const { clock, sent, ask } = await busy();
    const names = ["backfill 1", "reread 1", "live 1", "backfill 2", "live 2", "reread 2"];
    const work = names.map((name) => ask(name.split(" ")[0] as Priority, name));
    await clock.run();
    await Promise.all(work);
    expect(sent).toEqual([
      ["live 1", 1_000],
      ["live 2", 2_000],
      ["reread 1", 3_000],
      ["reread 2", 4_000],
      ["backfill 1", 5_000],
      ["backfill 2", 6_000],
    ]);
  });

  test("lets a live request overtake those that wait for long already", async () => {
    const { clock, sent, ask } = await busy();
    const work = [ask("backfill", "backfill 1"), ask("backfill", "backfill 2")];
    await clock.advance(1_500);
    work.push(ask("live"));
    await clock.run();
    await Promise.all(work);
    expect(sent).toEqual([
      ["backfill 1", 1_000],
      ["live", 2_000],
      ["backfill 2", 3_000],
    ]);
  });

  test("lets a backfill wait for another endpoint's slot only", async () => {
    const { clock, budget, sent, ask } = await busy();
    const work = [ask("live"), budget.acquire(OTHER_PATH, { priority: "backfill" })];
    await work[1];
    expect(clock.elapsedMs()).toBe(0);
    expect(sent).toEqual([]);
    await clock.run();
    await work[0];
    expect(sent).toEqual([["live", 1_000]]);
  });

  test("a 429 holds all of them, and the order stays", async () => {
    const { clock, budget, sent, ask } = await busy();
    const work = [ask("backfill"), ask("reread"), ask("live")];
    await clock.advance(500);
    budget.limited(PATH, undefined);
    await clock.run();
    await Promise.all(work);
    expect(sent).toEqual([
      ["live", 60_500],
      ["reread", 62_500],
      ["backfill", 64_500],
    ]);
  });

  test("counts only those that go first when it asks whether a live request would wait too long", async () => {
    const { clock, sent, ask } = await busy();
    const others = Array.from({ length: 400 }, () => ask("backfill"));
    const live = ask("live");
    await clock.advance(1_000);
    expect(await live).toBeUndefined();
    expect(sent).toEqual([["live", 1_000]]);
    await clock.run();
    await Promise.all(others);
    expect(sent).toHaveLength(401);
  });
});

describe("budget.acquire behind many", () => {
  test("refuses the live requests that would wait too long for their turn, and no others", async () => {
    const { clock, budget } = await busy();
    const work = Array.from({ length: 302 }, () => budget.acquire(PATH));
    const refused = work
      .slice(300)
      .map((one) => expect(one).rejects.toMatchObject({ code: "duo_rate_limited" }));
    await Promise.all(refused);
    expect(clock.elapsedMs()).toBe(0);
    await clock.run();
    await Promise.all(work.slice(0, 300));
    expect(clock.elapsedMs()).toBe(300_000);
  });
});

describe("budget.acquire under a long hold", () => {
  test("lets what is not urgent wait as long as it takes, and refuses a live request", async () => {
    const { clock, budget, sent, ask } = await busy();
    budget.limited(PATH, 2 * HOUR_MS);
    const work = [ask("backfill"), ask("reread")];
    expect(await ask("live")).toMatchObject({ code: "duo_rate_limited", retryable: true });
    await clock.run();
    await Promise.all(work);
    expect(sent).toEqual([
      ["reread", 2 * HOUR_MS],
      ["backfill", 2 * HOUR_MS + 2_000],
    ]);
  });

  test("refuses at once the live requests that wait already when the hold begins", async () => {
    const { clock, budget, sent, ask } = await busy();
    const live = [ask("live"), ask("live")];
    const backfill = ask("backfill");
    const untilMs = clock.nowMs() + HOUR_MS;
    budget.limited(PATH, HOUR_MS);
    for (const error of await Promise.all(live)) expect(error).toMatchObject({ code: "duo_rate_limited" });
    expect(await live[0]).toMatchObject({
      message: expect.stringContaining(new Date(untilMs).toISOString()),
    });
    expect(clock.elapsedMs()).toBe(0);
    await clock.run();
    await backfill;
    expect(sent).toEqual([["backfill", HOUR_MS]]);
  });

  test("keeps the live requests whose turn still comes in time", async () => {
    const { clock, budget, sent, ask } = await busy();
    const work = Array.from({ length: 5 }, (_, i) => ask("live", `${i}`));
    // Half the rate: one each two seconds from here on.
    budget.limited(PATH, 5 * MINUTE_MS - 4_000);
    await clock.run();
    const refused = (await Promise.all(work)).map((error) => error !== undefined);
    expect(refused).toEqual([false, false, false, true, true]);
    expect(sent.map(([name]) => name)).toEqual(["0", "1", "2"]);
  });

  test("sleeps a hold of months in parts that a timer can count", async () => {
    const { clock, budget, ask } = await busy();
    const stop = new AbortController();
    budget.limited(PATH, 90 * 24 * HOUR_MS);
    const waiting = ask("backfill", "backfill", stop.signal);
    await clock.advance(24 * HOUR_MS);
    expect(Math.max(...clock.sleeps)).toBeLessThan(2 ** 31);
    expect(clock.sleeperCount()).toBe(1);
    stop.abort();
    expect(await waiting).toMatchObject({ code: "stopped" });
  });
});

describe("budget.acquire and a stop", () => {
  test("leaves the queue at once and its slot goes to the next", async () => {
    const { clock, budget, sent, ask } = await busy();
    const stop = new AbortController();
    const first = ask("live", "first", stop.signal);
    const second = ask("live", "second");
    await clock.advance(500);
    stop.abort();
    expect(await first).toMatchObject({ code: "stopped" });
    expect(budget.waiting()).toHaveLength(1);
    await clock.run();
    await second;
    expect(sent).toEqual([["second", 1_000]]);
  });

  test("keeps no timer when the last one has left, and serves whoever comes later", async () => {
    const { clock, budget, sent, ask } = await busy();
    budget.limited(PATH, undefined);
    const stop = new AbortController();
    const left = ask("backfill", "left", stop.signal);
    expect(clock.sleeperCount()).toBe(1);
    stop.abort();
    expect(await left).toMatchObject({ code: "stopped" });
    expect(clock.sleeperCount()).toBe(0);
    const later = ask("live", "later");
    await clock.run();
    await later;
    expect(sent).toEqual([["later", MINUTE_MS]]);
  });

  test("keeps one timer, whoever comes in the moment in which the last one leaves", async () => {
    const { clock, sent, ask } = await busy();
    const stop = new AbortController();
    const left = ask("live", "left", stop.signal);
    await clock.advance(500);
    stop.abort();
    const later = ask("live", "later");
    expect(await left).toMatchObject({ code: "stopped" });
    await clock.advance(0);
    expect(clock.sleeperCount()).toBe(1);
    await clock.run();
    await later;
    expect(sent).toEqual([["later", 1_000]]);
  });

  test("stops nobody who has gone out already", async () => {
    const { clock, sent, ask } = await busy();
    const stop = new AbortController();
    const gone = ask("live", "gone", stop.signal);
    const next = ask("live", "next");
    await clock.advance(1_000);
    stop.abort();
    expect(await gone).toBeUndefined();
    await clock.run();
    await next;
    expect(sent.map(([name]) => name)).toEqual(["gone", "next"]);
  });

  test("a clock that fails fails those that wait, and holds up nobody for ever", async () => {
    const clock: Clock = { nowMs: () => 0, sleep: async () => Promise.reject(new Error("no timers left")) };
    const budget = createRequestBudget({ clock, holdMs: MINUTE_MS });
    await budget.acquire(PATH);
    const work = [budget.acquire(PATH), budget.acquire(PATH, { priority: "backfill" })];
    for (const one of work) await expect(one).rejects.toThrow("no timers left");
    await expect(budget.acquire(PATH)).rejects.toThrow("no timers left");
  });
});

describe("budget.acquire when the clock is set", () => {
  test.each([-10 * HOUR_MS, -30_000, 30_000, 10 * HOUR_MS])(
    "by %i ms, keeps those that wait until just the end of their hold",
    async (shiftMs) => {
      const { clock, budget, sent, ask } = await busy();
      budget.limited(PATH, undefined);
      const work = [ask("live"), ask("backfill")];
      await clock.advance(20_000);
      clock.shift(shiftMs);
      await clock.run();
      await Promise.all(work);
      expect(sent).toEqual([
        ["live", 60_000],
        ["backfill", 62_000],
      ]);
    },
  );

  test("forward, does not send in one burst what waits for its turn", async () => {
    const { clock, sent, ask } = await busy();
    const work = Array.from({ length: 4 }, () => ask("backfill"));
    clock.shift(10 * HOUR_MS);
    work.push(ask("live"));
    await clock.run();
    await Promise.all(work);
    expect(sent.map(([, atMs]) => atMs)).toEqual([1_000, 2_000, 3_000, 4_000, 5_000]);
    expect(sent[0]?.[0]).toBe("live");
  });
});

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRequestBudget, type RequestBudget } from "../../src/duo/request-budget.ts";
import { createFakeClock, createImpatientClock, type FakeClock } from "../core/support/fake-clock.ts";

const PATH = "/admin/v2/logs/authentication";
const MINUTE_MS = 60_000;
/** A double that counts from 1970 is no finer. */
const ROUNDING_MS = 0.01;

function impatient(): { readonly clock: FakeClock; readonly budget: RequestBudget } {
  const clock = createImpatientClock();
  return { clock, budget: createRequestBudget({ clock, holdMs: MINUTE_MS }) };
}

/** When requests that are asked for at once go out, ms from the start. */
async function times(clock: FakeClock, budget: RequestBudget, count: number): Promise<number[]> {
  const sent: number[] = [];
  const work = Array.from({ length: count }, () =>
    budget.acquire(PATH).then(() => sent.push(clock.elapsedMs())),
  );
  await clock.run();
  await Promise.all(work);
  return sent;
}

describe("createRequestBudget", () => {
  test("lets the first request go at once and the next ones a second apart", async () => {
    const { clock, budget } = impatient();
    for (let i = 0; i < 3; i += 1) await budget.acquire(PATH);
    expect(clock.sleeps).toEqual([1_000, 1_000]);
  });

  test("limits each endpoint by itself", async () => {
    const { clock, budget } = impatient();
    await budget.acquire(PATH);
    await budget.acquire("/admin/v2/logs/activity");
    expect(clock.sleeps).toEqual([]);
  });

  test("hands out the turns of requests that wait together one after the other", async () => {
    const clock = createFakeClock();
    const budget = createRequestBudget({ clock, holdMs: MINUTE_MS });
    expect(await times(clock, budget, 5)).toEqual([0, 1_000, 2_000, 3_000, 4_000]);
  });

  test("goes faster with each answer, up to a bound", async () => {
    const { clock, budget } = impatient();
    for (let i = 0; i < 60; i += 1) {
      await budget.acquire(PATH);
      budget.succeeded(PATH);
    }
    const rates = clock.sleeps.map((ms) => Math.round(10_000 / ms) / 10);
    expect(rates.slice(0, 3)).toEqual([1, 3, 5]);
    expect(Math.max(...rates)).toBe(100);
    expect(rates.at(-1)).toBe(100);
  });

  test("goes half as fast after each 429, down to one request a minute", async () => {
    const { clock, budget } = impatient();
    const intervals: number[] = [];
    for (let i = 0; i < 9; i += 1) {
      budget.limited(PATH, 0);
      await budget.acquire(PATH);
      const beforeMs = clock.elapsedMs();
      await budget.acquire(PATH);
      intervals.push(clock.elapsedMs() - beforeMs);
    }
    expect(intervals.slice(0, 4)).toEqual([2_000, 4_000, 8_000, 16_000]);
    expect(intervals.at(-1)).toBe(MINUTE_MS);
  });

  test("holds back twice as long with each 429 in a row, up to 15 minutes; an answer starts anew", async () => {
    const { budget } = impatient();
    const holds = Array.from({ length: 7 }, () => budget.limited(PATH, undefined) / MINUTE_MS);
    expect(holds).toEqual([1, 2, 4, 8, 15, 15, 15]);
    budget.succeeded(PATH);
    expect(budget.limited(PATH, undefined)).toBe(MINUTE_MS);
  });

  test("refuses at once what would wait for more than five minutes, until the hold is over", async () => {
    const clock = createFakeClock();
    const budget = createRequestBudget({ clock, holdMs: MINUTE_MS });
    budget.limited(PATH, 600_000);
    const untilMs = clock.nowMs() + 600_000;
    expect(budget.heldUntilMs(PATH)).toBe(untilMs);
    await expect(budget.acquire(PATH)).rejects.toMatchObject({
      code: "duo_rate_limited",
      retryable: true,
      message: expect.stringContaining(new Date(untilMs).toISOString()),
    });
    await clock.advance(600_000);
    expect(budget.heldUntilMs(PATH)).toBeUndefined();
    await budget.acquire(PATH);
  });

  test("a shorter Retry-After does not end a longer hold", () => {
    const { clock, budget } = impatient();
    budget.limited(PATH, 200_000);
    budget.limited(PATH, 5_000);
    expect(budget.heldUntilMs(PATH)).toBe(clock.nowMs() + 200_000);
  });

  test("a 429 holds back the requests that wait for their turn already", async () => {
    const clock = createFakeClock();
    const budget = createRequestBudget({ clock, holdMs: MINUTE_MS });
    await budget.acquire(PATH);
    const sent: number[] = [];
    const work = [1, 2].map(() => budget.acquire(PATH).then(() => sent.push(clock.elapsedMs())));
    budget.limited(PATH, undefined);
    await clock.run();
    await Promise.all(work);
    expect(sent).toEqual([60_000, 62_000]);
  });

  test("a clock that is set back makes nobody wait for the time it lost", async () => {
    const { clock, budget } = impatient();
    await budget.acquire(PATH);
    clock.shift(-10 * 3_600_000);
    await budget.acquire(PATH);
    expect(clock.sleeps).toEqual([1_000]);
    budget.limited(PATH, 30_000);
    clock.shift(-3_600_000);
    await budget.acquire(PATH);
    expect(clock.sleeps).toEqual([1_000, 30_000]);
  });

  test("keeps what it learned with its time by the machine's clock, and goes by what it is told", async () => {
    const { clock, budget } = impatient();
    const askTimes = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i += 1) {
        await budget.acquire(PATH);
        budget.succeeded(PATH);
      }
    };
    expect(budget.limits.learned(PATH)).toBeUndefined();
    await askTimes(1);
    await clock.advance(2 * MINUTE_MS);
    await askTimes(7);
    clock.shift(-3_600_000);
    await budget.acquire(PATH);
    budget.limited(PATH, undefined);
    const { requestsPerMinute, atMs } = budget.limits.learned(PATH) ?? { requestsPerMinute: 0, atMs: 0 };
    expect(requestsPerMinute).toBe(7);
    expect(Math.abs(atMs - clock.nowMs())).toBeLessThan(1_000);
    const other = createRequestBudget({ clock, holdMs: MINUTE_MS });
    other.limits.recall(PATH, { requestsPerMinute, atMs });
    expect(other.limits.learned(PATH)).toEqual({ requestsPerMinute, atMs });
    const sent = await times(clock, other, 15);
    expect(sent.filter((ms) => ms < (sent[0] ?? 0) + MINUTE_MS)).toHaveLength(7);
    expect(sent.filter((ms) => ms < (sent[0] ?? 0) + 2 * MINUTE_MS)).toHaveLength(14);
  });

  test("ends a wait when the program is stopped", async () => {
    const clock = createFakeClock();
    const budget = createRequestBudget({ clock, holdMs: MINUTE_MS });
    await budget.acquire(PATH);
    const stop = new AbortController();
    const waiting = budget.acquire(PATH, { signal: stop.signal });
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: "stopped" });
    await expect(budget.acquire(PATH, { signal: stop.signal })).rejects.toMatchObject({ code: "stopped" });
  });
});

/** What happens to a budget, one after the other; time in ms. */
const events = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant("request" as const),
      answer: fc.constantFrom("ok" as const, "ok" as const, "ok" as const, "limited" as const),
      retryAfterMs: fc.option(fc.integer({ min: 0, max: 200_000 }), { nil: undefined }),
    }),
    fc.record({ kind: fc.constant("pass" as const), ms: fc.integer({ min: 0, max: 90_000 }) }),
    fc.record({ kind: fc.constant("set_back" as const), ms: fc.integer({ min: 0, max: 7_200_000 }) }),
  ),
  { maxLength: 30 },
);

describe("createRequestBudget, whatever happens", () => {
  test("never sends two requests closer than the rate allows, and none while it is held", async () => {
    await fc.assert(
      fc.asyncProperty(events, async (list) => {
        const { clock, budget } = impatient();
        let ratePerSecond = 1;
        let freeAtMs = 0;
        for (const event of list) {
          if (event.kind === "pass") await clock.advance(event.ms);
          if (event.kind === "set_back") clock.shift(-event.ms);
          if (event.kind !== "request") continue;
          const rateBefore = ratePerSecond;
          if (!(await wasSent(budget))) continue;
          expect(clock.elapsedMs()).toBeGreaterThanOrEqual(freeAtMs - ROUNDING_MS);
          freeAtMs = clock.elapsedMs() + 1000 / rateBefore;
          if (event.answer === "ok") {
            budget.succeeded(PATH);
            ratePerSecond = Math.min(ratePerSecond + 2, 100);
          } else {
            const pauseMs = budget.limited(PATH, event.retryAfterMs);
            ratePerSecond = Math.max(ratePerSecond / 2, 1 / 60);
            freeAtMs = Math.max(freeAtMs, clock.elapsedMs() + pauseMs);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test("requests that come together stay within the rate and out of the holds", async () => {
    const arrival = fc.record({ afterMs: fc.integer({ min: 0, max: 3_000 }), isLimited: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(arrival, { maxLength: 12 }), async (arrivals) => {
        const clock = createFakeClock();
        const budget = createRequestBudget({ clock, holdMs: 2_000, waitMsMax: 3_600_000 });
        const sent: number[] = [];
        let heldUntilMs = 0;
        const work: Promise<void>[] = [];
        for (const { afterMs, isLimited } of arrivals) {
          await clock.advance(afterMs);
          work.push(
            budget.acquire(PATH).then(() => {
              const nowMs = clock.elapsedMs();
              expect(nowMs).toBeGreaterThanOrEqual(heldUntilMs - ROUNDING_MS);
              expect(nowMs - (sent.at(-1) ?? -Infinity)).toBeGreaterThanOrEqual(1_000 - ROUNDING_MS);
              sent.push(nowMs);
              if (isLimited) heldUntilMs = nowMs + budget.limited(PATH, undefined);
              return undefined;
            }),
          );
        }
        await clock.run();
        await Promise.all(work);
        expect(sent).toHaveLength(arrivals.length);
      }),
      { numRuns: 100 },
    );
  });
});

async function wasSent(budget: RequestBudget): Promise<boolean> {
  try {
    await budget.acquire(PATH);
    return true;
  } catch {
    return false;
  }
}

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DuolakeError } from "../../src/core/errors.ts";
import { PRIORITIES, type Priority } from "../../src/duo/priority.ts";
import { createRequestBudget, type RequestBudget } from "../../src/duo/request-budget.ts";
import { createFakeClock, type FakeClock } from "../core/support/fake-clock.ts";

const PATHS = ["/admin/v2/logs/authentication", "/admin/v2/logs/activity"] as const;
const WAIT_MS_MAX = 300_000;

type Path = (typeof PATHS)[number];

/** What happens, one after the other; time in ms. */
type Happening =
  | { readonly kind: "ask"; readonly path: Path; readonly priority: Priority }
  /** The n-th of those that wait is stopped. */
  | { readonly kind: "stop"; readonly nth: number }
  /** An answer comes for a request that went out, be it long ago. */
  | { readonly kind: "ok"; readonly path: Path }
  | { readonly kind: "limited"; readonly path: Path; readonly retryAfterMs: number | undefined }
  | { readonly kind: "pass"; readonly ms: number }
  | { readonly kind: "set_back"; readonly ms: number };

const path = fc.constantFrom(...PATHS);
const ask = fc.record({
  kind: fc.constant("ask" as const),
  path,
  priority: fc.constantFrom(...PRIORITIES),
});
const happenings: fc.Arbitrary<readonly Happening[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: ask },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("stop" as const), nth: fc.nat(20) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("ok" as const), path }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("limited" as const),
        path,
        retryAfterMs: fc.option(fc.nat(2_000_000), { nil: undefined }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.nat(5_000) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("set_back" as const), ms: fc.nat(7_200_000) }) },
  ),
  { maxLength: 60 },
);

interface Asked {
  readonly path: Path;
  readonly priority: Priority;
  readonly number: number;
  readonly stop: AbortController;
  end: "waits" | "sent" | "refused" | "stopped";
}

/** What is known of an endpoint from the documented rules alone. */
interface Model {
  ratePerSecond: number;
  freeAtMs: number;
  heldUntilMs: number;
}

/** Plays what happens against a budget and checks every request that goes out. */
function createPlay(clock: FakeClock, budget: RequestBudget) {
  const asked: Asked[] = [];
  const models = new Map(
    PATHS.map((one): [Path, Model] => [one, { ratePerSecond: 1, freeAtMs: 0, heldUntilMs: 0 }]),
  );
  const modelOf = (one: Path): Model => models.get(one) as Model;
  const rank = (one: Asked): number => PRIORITIES.indexOf(one.priority) * 1_000 + one.number;
  const waiting = (): Asked[] => asked.filter(({ end }) => end === "waits");

  const onSent = (one: Asked): void => {
    const model = modelOf(one.path);
    const nowMs = clock.elapsedMs();
    const rivals = waiting().filter((other) => other.path === one.path);
    expect(Math.min(...rivals.map(rank)), "the most urgent goes first").toBe(rank(one));
    expect(nowMs, "not faster than the rate").toBeGreaterThanOrEqual(model.freeAtMs);
    expect(nowMs, "not in a hold").toBeGreaterThanOrEqual(model.heldUntilMs);
    model.freeAtMs = nowMs + 1000 / model.ratePerSecond;
    one.end = "sent";
  };
  const request = async (one: Asked): Promise<void> => {
    try {
      await budget.acquire(one.path, { priority: one.priority, signal: one.stop.signal });
    } catch (error) {
      if (!(error instanceof DuolakeError)) throw error;
      one.end = error.code === "stopped" ? "stopped" : "refused";
      if (!isRightEnd(one, error)) wrongEnds.push(error.message);
      return;
    }
    onSent(one);
  };
  const wrongEnds: string[] = [];
  const work: Promise<void>[] = [];
  const play = async (happening: Happening): Promise<void> => {
    if (happening.kind === "ask") {
      const { path: to, priority } = happening;
      const one: Asked = {
        path: to,
        priority,
        number: asked.length,
        stop: new AbortController(),
        end: "waits",
      };
      asked.push(one);
      work.push(request(one));
    }
    if (happening.kind === "stop") waiting()[happening.nth]?.stop.abort();
    if (happening.kind === "ok") {
      budget.succeeded(happening.path);
      const model = modelOf(happening.path);
      model.ratePerSecond = Math.min(model.ratePerSecond + 2, 100);
    }
    if (happening.kind === "limited") {
      const holdMs = budget.limited(happening.path, happening.retryAfterMs);
      const model = modelOf(happening.path);
      model.ratePerSecond = Math.max(model.ratePerSecond / 2, 1 / 60);
      model.heldUntilMs = Math.max(model.heldUntilMs, clock.elapsedMs() + holdMs);
    }
    if (happening.kind === "set_back") clock.shift(-happening.ms);
    await clock.advance(happening.kind === "pass" ? happening.ms : 0);
  };
  return { play, waiting, wrongEnds, settled: () => Promise.all(work) };
}

/** Only a live request is refused, for a wait that is too long, and only who was stopped is stopped. */
function isRightEnd({ priority, stop }: Asked, { code }: DuolakeError): boolean {
  return code === "stopped" ? stop.signal.aborted : priority === "live" && code === "duo_rate_limited";
}

describe("budget.acquire, whoever comes, leaves and is refused", () => {
  test("keeps rate, holds and order, and lets every request end", async () => {
    await fc.assert(
      fc.asyncProperty(happenings, async (list) => {
        const clock = createFakeClock();
        const budget = createRequestBudget({ clock, holdMs: 60_000, waitMsMax: WAIT_MS_MAX });
        const { play, waiting, wrongEnds, settled } = createPlay(clock, budget);
        for (const happening of list) {
          await play(happening);
          expect(waiting().filter((one) => one.stop.signal.aborted)).toEqual([]);
          expect(budget.waiting()).toHaveLength(waiting().length);
        }
        await clock.run();
        await settled();
        expect(waiting()).toEqual([]);
        expect(budget.waiting()).toEqual([]);
        expect(clock.sleeperCount()).toBe(0);
        expect(wrongEnds).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test("leaves no slot unused while somebody waits", async () => {
    const arrival = fc.record({ afterMs: fc.nat(1_500), priority: fc.constantFrom(...PRIORITIES) });
    await fc.assert(
      fc.asyncProperty(fc.array(arrival, { minLength: 1, maxLength: 15 }), async (arrivals) => {
        const clock = createFakeClock();
        const budget = createRequestBudget({ clock, holdMs: 60_000 });
        const sent: number[] = [];
        const came: number[] = [];
        const work: Promise<void>[] = [];
        for (const { afterMs, priority } of arrivals) {
          await clock.advance(afterMs);
          came.push(clock.elapsedMs());
          work.push(budget.acquire(PATHS[0], { priority }).then(() => void sent.push(clock.elapsedMs())));
        }
        await clock.run();
        await Promise.all(work);
        // One server, one second each: the n-th goes when it has come and the one before is a second away.
        const expected: number[] = [];
        for (const atMs of came) expected.push(Math.max(atMs, (expected.at(-1) ?? -Infinity) + 1_000));
        expect(sent).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });
});

import { expect, test } from "vitest";
import { createRandom, type Random } from "../../support/random.ts";
import { countEvents, newWarehouse, type WorkPlace, work } from "../support/commit-workers.ts";

/** Where processes compete for commits. */
export interface Arena extends AsyncDisposable {
  readonly place: WorkPlace;
  /** Lets some of the requests fail from now on, or none any more. */
  readonly setFaults: (random: Random | undefined) => void;
  /** What is true of the requests, or the files, when all is over; all of it must be. */
  readonly facts: (how: { readonly hadFaults: boolean }) => Promise<Readonly<Record<string, boolean>>>;
}

const PROCESS_COUNT = 3;

/**
 * Several processes commit events to one table of a catalog, and nothing fails: each event is in the table once, and each commit was
 * acknowledged to the one process that made it.
 *
 * @param options `end`: how many events
 */
export function competingProcesses(open: () => Promise<Arena>, options: { readonly end: number }): void {
  const { end } = options;
  test("several processes commit every event exactly once", { timeout: 90_000 }, async () => {
    await using arena = await open();
    const { place } = arena;
    await newWarehouse(place);
    const acknowledged = await Promise.all(
      Array.from({ length: PROCESS_COUNT }, () => work(place, { end, killsAfterMs: [] })),
    );
    expect(await countEvents(place, { end, acknowledged: acknowledged.flat() })).toBe(end);
    expect(acknowledged.flat()).toHaveLength(end);
    expect(await untrue(arena, { hadFaults: false })).toEqual([]);
  });
}

/**
 * The same while requests fail and processes are killed with SIGKILL at any moment: each event is in the table once, and every commit
 * that was acknowledged is there.
 *
 * @param options `end`: how many events; `killCount`: kills of each process; `killMsMax`: the latest moment of one after the process
 *   began to work, ms
 */
export function killedProcesses(
  open: () => Promise<Arena>,
  options: { readonly end: number; readonly killCount: number; readonly killMsMax: number },
): void {
  const { end, killCount, killMsMax } = options;
  test(
    "processes that are killed at any moment, while requests fail, lose and repeat nothing",
    { timeout: 90_000 },
    async () => {
      await using arena = await open();
      const { place } = arena;
      await newWarehouse(place);
      const seed = Date.now() % 1_000_000;
      const random = createRandom(seed);
      arena.setFaults(random);
      const acknowledged = await Promise.all(
        Array.from({ length: PROCESS_COUNT }, () => {
          const killsAfterMs = Array.from({ length: killCount }, () => random.between(0, killMsMax));
          return work(place, { end, killsAfterMs });
        }),
      );
      arena.setFaults(undefined);
      expect(await countEvents(place, { end, acknowledged: acknowledged.flat() }), `seed ${seed}`).toBe(end);
      expect(await untrue(arena, { hadFaults: true })).toEqual([]);
    },
  );
}

async function untrue(arena: Arena, how: { readonly hadFaults: boolean }): Promise<string[]> {
  const facts = Object.entries(await arena.facts(how));
  return facts.filter(([, isTrue]) => !isTrue).map(([fact]) => fact);
}

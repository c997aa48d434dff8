import { expect, test } from "vitest";
import { createRandom, type Random } from "../../support/random.ts";
import { countEvents, newWarehouse, type WorkPlace, work } from "../support/commit-workers.ts";

/** Where processes compete for commits. */
export interface Arena extends AsyncDisposable {
  readonly place: WorkPlace;
  /** Lets some of the requests fail from now on, or none any more. */
  readonly setFaults: (random: Random | undefined) => void;
  /** What is true of the requests, or the files, when all is over; all of it must be. */
  readonly facts: (how: How) => Promise<Facts>;
  /**
   * What chance brings: that processes meet, that requests fail. On a slow machine one may have done all before the next has
   * started; so they go on until they have seen it all.
   */
  readonly chances?: (how: How) => Facts;
}

interface How {
  readonly hadFaults: boolean;
}

type Facts = Readonly<Record<string, boolean>>;

const PROCESS_COUNT = 3;
/** Then what chance should have brought is taken for impossible. */
const ROUND_COUNT_MAX = 6;

/**
 * Several processes commit events to one table of a catalog, and nothing fails: each event is in the table once, and each commit was
 * acknowledged to the one process that made it.
 *
 * @param options `end`: how many events, each round
 */
export function competingProcesses(open: () => Promise<Arena>, options: { readonly end: number }): void {
  test("several processes commit every event exactly once", { timeout: 90_000 }, async () => {
    await using arena = await open();
    const { place } = arena;
    await newWarehouse(place);
    const { end, acknowledged } = await rounds(arena, {
      hadFaults: false,
      roundEnd: options.end,
      killsAfterMs: () => [],
    });
    expect(await countEvents(place, { end, acknowledged })).toBe(end);
    expect(acknowledged).toHaveLength(end);
    expect(untrue(await arena.facts({ hadFaults: false }))).toEqual([]);
  });
}

/**
 * The same while requests fail and processes are killed with SIGKILL at any moment: each event is in the table once, and every commit
 * that was acknowledged is there.
 *
 * @param options `end`: how many events, each round; `killCount`: kills of each process; `killMsMax`: the latest moment of one after the
 *   process began to work, ms
 */
export function killedProcesses(
  open: () => Promise<Arena>,
  options: { readonly end: number; readonly killCount: number; readonly killMsMax: number },
): void {
  const { killCount, killMsMax } = options;
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
      const { end, acknowledged } = await rounds(arena, {
        hadFaults: true,
        roundEnd: options.end,
        killsAfterMs: () => Array.from({ length: killCount }, () => random.between(0, killMsMax)),
      });
      arena.setFaults(undefined);
      expect(await countEvents(place, { end, acknowledged }), `seed ${seed}`).toBe(end);
      expect(untrue(await arena.facts({ hadFaults: true }))).toEqual([]);
    },
  );
}

/** Lets all processes work, and again until chance has brought what it must. Gives the last event and the commits that were acknowledged. */
async function rounds(
  { place, chances }: Arena,
  options: How & { readonly roundEnd: number; readonly killsAfterMs: () => readonly number[] },
): Promise<{ readonly end: number; readonly acknowledged: readonly string[] }> {
  const { hadFaults, roundEnd, killsAfterMs } = options;
  const acknowledged: string[] = [];
  let missing: readonly string[] = [];
  for (let round = 1; round <= ROUND_COUNT_MAX; round += 1) {
    const end = round * roundEnd;
    const workers = Array.from({ length: PROCESS_COUNT }, () =>
      work(place, { end, killsAfterMs: killsAfterMs() }),
    );
    acknowledged.push(...(await Promise.all(workers)).flat());
    missing = untrue(chances?.({ hadFaults }) ?? {});
    if (missing.length === 0) return { end, acknowledged };
  }
  throw new Error(`in ${ROUND_COUNT_MAX} rounds it never came that ${missing.join(", ")}`);
}

function untrue(facts: Facts): string[] {
  return Object.entries(facts).flatMap(([fact, isTrue]) => (isTrue ? [] : [fact]));
}

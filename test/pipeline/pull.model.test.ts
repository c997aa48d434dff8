import * as fc from "fast-check";
import { expect, test } from "vitest";
import { DuolakeError } from "../../src/core/errors.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { rereadRange } from "../../src/pipeline/reread-range.ts";
import { canonical } from "../support/canonical.ts";
import { rowsIn, sharedTables, type SharedTables } from "../support/memory-lake.ts";
import { createTinyDuo, type Fault, type Happening, type TinyDuo } from "../support/tiny-duo.ts";
import { LETTERS_NAME, startTinyProgram, TABLE_NAME, type TinyProgram } from "../support/tiny-program.ts";
import { tinyTable } from "../support/tiny-table.ts";
import { createTurns, type Turns } from "../support/turns.ts";

// The pull loop against a Duo of a few lines: whatever is late, fails, dies, runs at once or has a wrong clock, each event
// stands in the lake once, and in the end every event does. `MODEL_RUNS=20000` makes it search longer.

const NOW_MS = Date.UTC(2026, 2, 12, 15, 30);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const DELAY_MS = 2 * MINUTE_MS;
/** More rows of the older log's page than half of it must never lie in one second: Duo shows no more of them then. */
const PER_SECOND_MAX = 2;
const SKEW_UNNOTICED_MS = 5 * MINUTE_MS;

type Told = "both" | "old only" | "new only";

interface NewEvent {
  readonly agoMs: number;
  readonly lateMs: number;
  readonly who: number;
  readonly told: Told;
  readonly shape: "good" | "bad" | "timeless";
}

interface Job {
  readonly what: "pull" | "re-read what is due" | "re-read all" | "backfill";
  /** One of two programs that go on, or a new one. */
  readonly program: 0 | 1 | "new";
  readonly death: { readonly operation: number; readonly isAfter: boolean } | undefined;
}

type Action =
  | { readonly kind: "events"; readonly events: readonly NewEvent[] }
  | { readonly kind: "time passes"; readonly ms: number }
  | { readonly kind: "clock is set"; readonly skewMs: number }
  | { readonly kind: "older log ends" }
  | {
      readonly kind: "work";
      readonly jobs: readonly Job[];
      readonly order: readonly number[];
      readonly faults: readonly (readonly [number, Fault])[];
      readonly requestMs: number;
    };

interface Model {
  readonly duo: TinyDuo;
  readonly shared: SharedTables;
  readonly turns: Turns;
  readonly start: () => TinyProgram;
  readonly programs: [TinyProgram, TinyProgram];
  readonly hasOldLog: boolean;
}

const duration = fc.oneof(
  fc.integer({ min: 0, max: 3 }).map((seconds) => seconds * 1000),
  fc.integer({ min: 0, max: 15 * 60 }).map((seconds) => seconds * 1000),
  fc.integer({ min: 0, max: 60 }).map((hours) => hours * HOUR_MS),
);
const newEvent = (hasOldLog: boolean): fc.Arbitrary<NewEvent> =>
  fc.record({
    agoMs: duration,
    lateMs: fc.oneof(fc.constant(0), duration),
    who: fc.nat(1),
    told: hasOldLog
      ? fc.constantFrom<Told[]>("both", "both", "both", "old only", "new only")
      : fc.constant("new only" as const),
    // The older log's events have no id: what cannot be a row is told by the newer one alone.
    shape: hasOldLog
      ? fc.constant("good" as const)
      : fc.constantFrom("good", "good", "good", "bad", "timeless"),
  });
const job: fc.Arbitrary<Job> = fc.record({
  what: fc.constantFrom<Job["what"][]>(
    "pull",
    "pull",
    "pull",
    "re-read what is due",
    "re-read all",
    "backfill",
  ),
  program: fc.constantFrom<Job["program"][]>(0, 0, 1, "new"),
  death: fc.option(fc.record({ operation: fc.integer({ min: 1, max: 40 }), isAfter: fc.boolean() }), {
    nil: undefined,
    freq: 3,
  }),
});
const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.constant("fails" as const),
  fc.integer({ min: 1, max: 2 }).map((rowCount) => ({ rowCount })),
);
const action = (hasOldLog: boolean): fc.Arbitrary<Action> =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("events" as const),
        events: fc.array(newEvent(hasOldLog), { minLength: 1, maxLength: 8 }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("time passes" as const), ms: duration }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("clock is set" as const),
        skewMs: fc.constantFrom(
          0,
          0,
          -4 * MINUTE_MS,
          4 * MINUTE_MS,
          -7 * HOUR_MS,
          7 * HOUR_MS,
          3 * DAY_MS,
          -3 * DAY_MS,
        ),
      }),
    },
    ...(hasOldLog ? [{ weight: 1, arbitrary: fc.constant<Action>({ kind: "older log ends" }) }] : []),
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant("work" as const),
        jobs: fc.array(job, { minLength: 1, maxLength: 3 }),
        order: fc.array(fc.nat(5), { minLength: 1, maxLength: 30 }),
        faults: fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fault), { maxLength: 3 }),
        requestMs: fc.constantFrom(0, 1_000, 90_000),
      }),
    },
  );

function createModel(hasOldLog: boolean): Model {
  const duo = createTinyDuo(NOW_MS);
  const shared = sharedTables();
  const turns = createTurns();
  let idCount = 0;
  const table = tinyTable(hasOldLog);
  const newId = (): string => `id ${(idCount += 1)}`;
  const start = (): TinyProgram => startTinyProgram({ duo, shared, turns, table, newId });
  return { duo, shared, turns, start, programs: [start(), start()], hasOldLog };
}

function addEvent({ duo }: Model, { agoMs, lateMs, who, told, shape }: NewEvent): void {
  const { happenings } = duo;
  let atMs = duo.nowMs - agoMs;
  const second = (ms: number): number => Math.floor(ms / 1000);
  const isFull = (ms: number): boolean =>
    happenings.filter((one) => second(one.atMs) === second(ms)).length >= PER_SECOND_MAX;
  if (told !== "new only") while (isFull(atMs)) atMs -= 1000;
  const id = `e${String(happenings.length).padStart(4, "0")}`;
  const name = `${told} ${who}`;
  const v1 = { timestamp: second(atMs), who: name };
  const ts = shape === "timeless" ? "some day" : new Date(atMs).toISOString();
  const v2: JsonObject = { id, ts, who: name, ...(shape === "bad" && { bad: true }) };
  happenings.push({
    id,
    atMs,
    visibleAtMs: Math.max(atMs + DELAY_MS + lateMs, duo.nowMs + 1),
    v1: told === "new only" ? undefined : v1,
    v2: told === "old only" ? undefined : v2,
  });
}

async function take(model: Model, step: Action): Promise<void> {
  const { duo, shared, turns } = model;
  switch (step.kind) {
    case "events":
      for (const event of step.events) addEvent(model, event);
      return;
    case "time passes":
      duo.nowMs += step.ms;
      return;
    case "clock is set":
      // A table that is made by a clock that is far ahead begins in the future, and holds what comes from then on.
      if (shared.tables.size > 0 || step.skewMs <= SKEW_UNNOTICED_MS) duo.skewMs = step.skewMs;
      return;
    case "older log ends":
      duo.isV1Gone = true;
      return;
    case "work": {
      duo.faults = new Map(step.faults.map(([number, what]) => [duo.requestCount + number, what]));
      duo.requestMs = step.requestMs;
      await turns.drive(Promise.all(step.jobs.map((one) => doJob(model, one))), step.order);
      duo.faults = new Map();
      duo.requestMs = 0;
    }
  }
}

async function doJob({ start, programs, duo }: Model, { what, program: which, death }: Job): Promise<void> {
  const program = which === "new" || programs[which].isDead() ? start() : programs[which];
  if (which !== "new") programs[which] = program;
  if (death !== undefined) program.dieAt(death.operation, death.isAfter);
  const { puller } = program;
  try {
    if (what === "pull") {
      const { error } = await puller.pull();
      if (error !== undefined) throw new DuolakeError(error.code, error.message);
    } else if (what === "re-read what is due") await puller.rereadDue({});
    else if (what === "re-read all") await rereadRange(puller.context, { fromMs: 0, toMs: Infinity }, {});
    else await puller.backfill({ sinceMs: duo.nowMs - 10 * DAY_MS });
  } catch (error) {
    const code = error instanceof DuolakeError ? error.code : "internal";
    // A window that grows while it is read back in time is read again another time: `duo_response_invalid`.
    const isExpected = ["duo_unreachable", "duo_not_found", "duo_response_invalid", "cursor_moved"].includes(
      code,
    );
    if (!isExpected && !program.isDead()) throw error;
  }
}

/** What stands in the lake, rows and dead letters, as text. */
function kept({ shared }: Model): string[] {
  const rows = rowsIn(shared, TABLE_NAME).map((row) => (row["event"] as JsonObject)["original"] as string);
  return [...rows, ...rowsIn(shared, LETTERS_NAME).map((row) => row["original"] as string)];
}

/** Happenings that both logs tell alike cannot be told apart: the second, and who did it. */
function groupOf({ atMs, v1, v2 }: Happening): string {
  return v1 === undefined ? (v2?.["id"] as string) : `${Math.floor(atMs / 1000)} ${v1["who"] as string}`;
}

/** How often each group stands in the lake more than it may (positive), or less than it must (negative). */
function differences(model: Model, isEnd: boolean): Record<string, number> {
  const { happenings, isV1Gone } = model.duo;
  const groups = new Map<string, { mayCount: number; mustCount: number; texts: Set<string> }>();
  for (const one of happenings) {
    const group = groups.get(groupOf(one)) ?? { mayCount: 0, mustCount: 0, texts: new Set() };
    groups.set(groupOf(one), group);
    group.mayCount += 1;
    // Each log alone tells only of what it was asked for while it fed the table.
    const isOptional = one.v1 === undefined ? model.hasOldLog && !isV1Gone : one.v2 === undefined && isV1Gone;
    if (!isOptional && isEnd) group.mustCount += 1;
    for (const event of [one.v1, one.v2]) if (event !== undefined) group.texts.add(canonical(event));
  }
  const texts = kept(model);
  const found: Record<string, number> = {};
  for (const [name, { mayCount, mustCount, texts: own }] of groups) {
    const all = texts.filter((text) => own.has(text));
    const newTexts = all.filter((text) => text.includes('"id"'));
    const tooMany = Math.max(all.length - mayCount, newTexts.length - new Set(newTexts).size);
    if (tooMany > 0) found[name] = tooMany;
    else if (all.length < mustCount) found[name] = all.length - mustCount;
  }
  return found;
}

/** Everything has come, nothing fails: a pull, the backfill and a re-read by a new program. */
async function settle(model: Model): Promise<void> {
  const { duo, start, turns } = model;
  duo.skewMs = 0;
  duo.nowMs = Math.max(duo.nowMs, ...duo.happenings.map(({ visibleAtMs }) => visibleAtMs)) + HOUR_MS;
  const { puller } = start();
  const run = async (): Promise<void> => {
    expect((await puller.pull()).error).toBeUndefined();
    await puller.backfill({ sinceMs: NOW_MS - 10 * DAY_MS });
    await rereadRange(puller.context, { fromMs: 0, toMs: Infinity }, {});
  };
  await turns.drive(run(), [0]);
}

test.each([
  ["a log with ids", false],
  ["a log without ids whose successor takes over", true],
])(
  "%s is in the lake once, event by event, whatever happens",
  async (_name, hasOldLog) => {
    await fc.assert(
      fc.asyncProperty(fc.array(action(hasOldLog), { minLength: 1, maxLength: 14 }), async (actions) => {
        const model = createModel(hasOldLog);
        for (const step of actions) {
          await take(model, step);
          expect(differences(model, false)).toEqual({});
        }
        await settle(model);
        expect(differences(model, true)).toEqual({});
      }),
      { numRuns: Number(process.env["MODEL_RUNS"] ?? 100) },
    );
  },
  Number(process.env["MODEL_RUNS"] ?? 100) * 1_000,
);

test("a clock that is set back by hours makes a program that has run for long ask the lake again", async () => {
  const pull: Action = {
    kind: "work",
    jobs: [{ what: "pull", program: 0, death: undefined }],
    order: [0],
    faults: [],
    requestMs: 0,
  };
  const model = createModel(false);
  const happens: Action = {
    kind: "events",
    events: [{ agoMs: 5 * MINUTE_MS, lateMs: 0, who: 0, told: "new only", shape: "good" }],
  };
  const aSecond: Action = { kind: "time passes", ms: 1_000 };
  const hours = (count: number): Action => ({ kind: "time passes", ms: count * HOUR_MS });
  const setBack: Action = { kind: "clock is set", skewMs: -7 * HOUR_MS };
  for (const step of [
    pull,
    hours(1),
    happens,
    aSecond,
    pull,
    hours(7),
    happens,
    aSecond,
    pull,
    setBack,
    pull,
  ]) {
    await take(model, step);
    expect(differences(model, false)).toEqual({});
  }
  expect(kept(model)).toHaveLength(2);
});

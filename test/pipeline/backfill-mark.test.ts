import { describe, expect, test } from "vitest";
import { backfillMark } from "../../src/pipeline/backfill-mark.ts";
import { decodeBackfillState } from "../../src/pipeline/backfill-state.ts";

const SLICE = { fromMs: 100_000, toMs: 200_000 };
const STATE = { sinceMs: 0, done: [{ fromMs: 200_000, toMs: 300_000 }], commit: "a" };

function next(readThroughMs: number | undefined, isEnd = true) {
  const mark = backfillMark(STATE, { slice: SLICE, newId: () => "b", limit: () => undefined });
  const { text, isDue } = mark.next({ readThroughMs, gauge: undefined, isEnd });
  return { done: decodeBackfillState(text, "duo_auth")?.done, isDue };
}

describe("backfillMark", () => {
  test.each([199_999, 200_000, 250_000])("records the whole slice where it was read through, to %i", (ms) => {
    expect(next(ms)).toEqual({ done: [{ fromMs: 100_000, toMs: 300_000 }], isDue: true });
  });

  test("records of a slice that was cut what was read, at whole seconds", () => {
    const done = [{ fromMs: 100_000, toMs: 150_000 }, ...STATE.done];
    expect(next(150_999)).toEqual({ done, isDue: true });
  });

  test.each([undefined, 50_000, 100_000, 100_999])(
    "records nothing where the pages prove nothing: %j",
    (ms) => {
      expect(next(ms)).toEqual({ done: STATE.done, isDue: false });
    },
  );

  test("records nothing on the way", () => {
    expect(next(150_000, false)).toEqual({ done: STATE.done, isDue: false });
  });
});

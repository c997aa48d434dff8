import { describe, expect, test } from "vitest";
import { keepOpen } from "../../src/aws/keep-open.ts";
import type { PullingApp } from "../../src/aws/pulling-app.ts";

function counting(fails: readonly number[] = []): {
  readonly keep: ReturnType<typeof keepOpen>;
  readonly seen: { opened: number; closed: number };
} {
  const seen = { opened: 0, closed: 0 };
  const keep = keepOpen(() => {
    seen.opened += 1;
    if (fails.includes(seen.opened)) return Promise.reject(new Error("no configuration"));
    const opened = { [Symbol.asyncDispose]: async () => void (seen.closed += 1) };
    return Promise.resolve(opened as unknown as PullingApp);
  });
  return { keep, seen };
}

const named = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `source-${from + index}`);

describe("keepOpen", () => {
  test("puts the program together once for messages of the same log sources", async () => {
    const { keep, seen } = counting();
    for (let message = 0; message < 5; message += 1) await keep(named(0, 25));
    expect(seen).toEqual({ opened: 1, closed: 0 });
  });

  test("puts it together anew when it has seen many log sources, and closes the old one", async () => {
    const { keep, seen } = counting();
    for (let shard = 0; shard < 4; shard += 1) await keep(named(25 * shard, 25));
    expect(seen).toEqual({ opened: 1, closed: 0 });
    await keep(named(100, 25));
    expect(seen).toEqual({ opened: 2, closed: 1 });
    await keep(named(100, 25));
    expect(seen).toEqual({ opened: 2, closed: 1 });
  });

  test("tries again after a failure", async () => {
    const { keep, seen } = counting([1]);
    await expect(keep(["a"])).rejects.toThrow("no configuration");
    await keep(["a"]);
    expect(seen.opened).toBe(2);
  });
});

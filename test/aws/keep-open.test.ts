import { describe, expect, test } from "vitest";
import { keepOpen } from "../../src/aws/keep-open.ts";
import type { PullingApp } from "../../src/aws/pulling-app.ts";

function counting({
  fails = [],
  all,
}: { readonly fails?: readonly number[]; readonly all?: readonly string[] } = {}): {
  readonly keep: ReturnType<typeof keepOpen>;
  readonly seen: { opened: number; closed: number };
} {
  const seen = { opened: 0, closed: 0 };
  const keep = keepOpen((sources) => {
    seen.opened += 1;
    if (fails.includes(seen.opened)) return Promise.reject(new Error("no configuration"));
    const app = { sources: (all ?? sources).map((name) => ({ name })) };
    const opened = { app, [Symbol.asyncDispose]: async () => void (seen.closed += 1) };
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

  test("one program that knows all log sources serves each of them", async () => {
    const { keep, seen } = counting({ all: named(0, 60) });
    for (const source of named(0, 60)) await keep([source]);
    expect(seen).toEqual({ opened: 1, closed: 0 });
  });

  test("keeps programs for a hundred log sources, and closes the one that nobody asked for the longest", async () => {
    const { keep, seen } = counting();
    for (const shard of [0, 1, 2, 3, 0]) await keep(named(25 * shard, 25));
    expect(seen).toEqual({ opened: 4, closed: 0 });
    await keep(named(100, 25));
    expect(seen).toEqual({ opened: 5, closed: 1 });
    await keep(named(0, 25));
    expect(seen).toEqual({ opened: 5, closed: 1 });
    await keep(named(25, 25));
    expect(seen).toEqual({ opened: 6, closed: 2 });
  });

  test("a log source that the directory has no more does not open anything twice", async () => {
    const { keep, seen } = counting({ all: named(0, 3) });
    for (let message = 0; message < 3; message += 1) await keep(["gone"]);
    expect(seen.opened).toBe(1);
  });

  test("tries again after a failure", async () => {
    const { keep, seen } = counting({ fails: [1] });
    await expect(keep(["a"])).rejects.toThrow("no configuration");
    await keep(["a"]);
    expect(seen.opened).toBe(2);
  });
});

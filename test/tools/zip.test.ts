import { unzipSync } from "fflate";
import { afterEach, expect, test, vi } from "vitest";
import { zipOf } from "../../tools/lambda/zip.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

afterEach(() => vi.useRealTimers());

test("the same files make the same bytes, in whatever order and whenever they are packed", () => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
  const first = zipOf(
    new Map([
      ["a.mjs", bytes("a")],
      ["b.mjs", bytes("b")],
    ]),
  );
  vi.setSystemTime(Date.UTC(2027, 5, 5, 5, 5, 5));
  const second = zipOf(
    new Map([
      ["b.mjs", bytes("b")],
      ["a.mjs", bytes("a")],
    ]),
  );
  expect(second).toEqual(first);
  expect(
    zipOf(
      new Map([
        ["a.mjs", bytes("a")],
        ["b.mjs", bytes("c")],
      ]),
    ),
  ).not.toEqual(first);
});

test("what was packed comes out again", () => {
  const files = { "a.mjs": bytes("a"), "node_modules/x/index.js": bytes("x") };
  expect(unzipSync(zipOf(new Map(Object.entries(files))))).toEqual(files);
});

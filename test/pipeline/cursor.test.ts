import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Cursor, decodeCursor, encodeCursor } from "../../src/pipeline/cursor.ts";

const ms = fc.integer({ min: 0, max: Date.UTC(2100, 0) });
const cursors: fc.Arbitrary<Cursor> = fc.record(
  {
    stream: fc.string(),
    startMs: ms,
    watermarkMs: ms,
    commit: fc.uuid(),
    gauge: fc.record({ digest: fc.uuid(), atMs: ms }),
    rereading: fc.record(
      { reachedMs: ms, toMs: ms, dayRereadMs: ms, weekRereadMs: ms },
      { requiredKeys: ["reachedMs", "toMs", "dayRereadMs"] },
    ),
  },
  { requiredKeys: ["stream", "startMs", "watermarkMs", "commit"] },
);

describe("decodeCursor", () => {
  test("reads back what encodeCursor wrote", () => {
    fc.assert(
      fc.property(cursors, (cursor) => {
        expect(decodeCursor(encodeCursor(cursor), "duo_auth")).toEqual(cursor);
      }),
    );
  });

  test.each([
    ["a cursor of a newer version", '{"version":2,"stream":"authentication_v2"}', "version 1"],
    ["a cursor without version", '{"stream":"authentication_v2"}', "version 1"],
    ["a table without cursor", undefined, "missing or damaged"],
    ["text that is no JSON", "{", "missing or damaged"],
    ["a damaged time", '{"version":1,"stream":"s","commit":"c","start":"x","watermark":"y"}', "damaged"],
  ])("refuses %s, naming table and property", (_name, text, reason) => {
    expect(() => decodeCursor(text, "duo_auth")).toThrow(
      expect.objectContaining({
        code: "cursor_unsupported",
        message: expect.stringContaining(reason) as string,
      }),
    );
    expect(() => decodeCursor(text, "duo_auth")).toThrow("duo_auth");
  });

  test("never throws anything but cursor_unsupported", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(["fine", "cursor_unsupported"]).toContain(outcomeOf(text));
      }),
    );
  });
});

function outcomeOf(text: string): unknown {
  try {
    decodeCursor(text, "t");
    return "fine";
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decodeUtf8 } from "../../src/core/decode-utf8.ts";

const reference = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test("decodeUtf8 decodes texts of any letters", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("", "\ufeff", "a".repeat(10_000)),
      fc.string({ unit: "grapheme" }),
      (start, text) => {
        const bytes = Buffer.from(start + text);
        expect(decodeUtf8(bytes)).toBe(reference(bytes));
      },
    ),
  );
});

test("decodeUtf8 replaces broken bytes and leaves out a byte order mark, as TextDecoder does", () => {
  fc.assert(
    fc.property(
      fc.constantFrom([], [0xef, 0xbb, 0xbf]),
      fc.array(
        fc.constantFrom(0x61, 0x80, 0xbf, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0xed, 0xa0),
        {
          maxLength: 8,
        },
      ),
      (start, rest) => {
        const bytes = Buffer.from([...start, ...rest]);
        expect(decodeUtf8(bytes)).toBe(reference(bytes));
      },
    ),
    { numRuns: 2000 },
  );
});

test("decodeUtf8 keeps letters beyond the first plane", () => {
  expect(decodeUtf8(Buffer.from("Rhône €  \u{1F600}"))).toBe("Rhône €  \u{1F600}");
  expect(decodeUtf8(Buffer.from(""))).toBe("");
});

import { describe, expect, test } from "vitest";
import { parseJson } from "../../src/core/json.ts";
import type { JsonObject } from "../../src/core/json.ts";
import type { EndpointWait } from "../../src/status/endpoint-wait.ts";
import { openJournal } from "../../src/status/journal.ts";
import { keepWaitingNotes } from "../../src/status/keep-waiting-notes.ts";
import { readWaitingNote, toWaitingNote, waitingNoteName } from "../../src/status/waiting-note.ts";
import { testDirectory } from "../config/support/directory.ts";
import { createFakeClock } from "../core/support/fake-clock.ts";

const NOW_MS = Date.UTC(2026, 2, 12, 15, 30);
const WAIT: EndpointWait = {
  account: "DA1",
  endpoint: "/admin/v2/logs/authentication",
  reason: "hold",
  priority: "live",
  untilMs: NOW_MS + 60_000,
  rejectedCount: 2,
};
const BARE: EndpointWait = { ...WAIT, account: undefined, priority: undefined, rejectedCount: undefined };

function noteOf(waits: readonly EndpointWait[]): JsonObject {
  return parseJson(JSON.stringify(toWaitingNote(waits, NOW_MS))) as JsonObject;
}

describe("readWaitingNote", () => {
  test("gives back what was noted", () => {
    expect(readWaitingNote(noteOf([WAIT, BARE]), NOW_MS)).toEqual([WAIT, BARE]);
    expect(readWaitingNote(noteOf([]), NOW_MS)).toEqual([]);
    expect(readWaitingNote(undefined, NOW_MS)).toEqual([]);
  });

  test("leaves out what is over, and all that a daemon noted that is gone since", () => {
    const long = { ...WAIT, untilMs: NOW_MS + 3_600_000 };
    expect(readWaitingNote(noteOf([{ ...WAIT, untilMs: NOW_MS + 10_000 }, long]), NOW_MS + 20_000)).toEqual([
      long,
    ]);
    expect(readWaitingNote(noteOf([long]), NOW_MS + 30_001)).toEqual([]);
  });

  test("believes whoever ended when the note was written until the wait is over", () => {
    const long = { ...WAIT, untilMs: NOW_MS + 3_600_000 };
    const note = parseJson(JSON.stringify(toWaitingNote([long], NOW_MS, { outlives: true }))) as JsonObject;
    expect(readWaitingNote(note, NOW_MS + 3_599_999)).toEqual([long]);
    expect(readWaitingNote(note, NOW_MS + 3_600_000)).toEqual([]);
  });

  test.each([
    '{"waiting":"x"}',
    '{"waiting":[1,{},{"endpoint":"/x","until":"soon","reason":"hold"}]}',
    '{"at":5}',
  ])("takes a damaged note for none: %s", (text) => {
    const note = { ...noteOf([]), ...(parseJson(text) as JsonObject) };
    expect(readWaitingNote(note, NOW_MS)).toEqual([]);
  });
});

describe("keepWaitingNotes", () => {
  test("writes while something waits, empties the note after, and when it ends", async () => {
    await using directory = await testDirectory({});
    const files = openJournal(directory.dir);
    const clock = createFakeClock(NOW_MS);
    let waits: readonly (EndpointWait & { source: string })[] = [];
    const written: string[] = [];
    const journal: typeof files = {
      ...files,
      writeNote: async (name, note) => {
        written.push(name);
        await files.writeNote(name, note);
      },
    };
    const stop = new AbortController();
    const traffic = { waits: () => waits, rates: () => [] };
    const ended = keepWaitingNotes({ traffic, journal, clock }, ["duo", "duo_b"], stop.signal);
    const seen = async (): Promise<readonly EndpointWait[]> =>
      readWaitingNote(await files.readNote(waitingNoteName("duo")), clock.nowMs());
    const pass = async (): Promise<void> => {
      const count = clock.sleeps.length;
      await clock.advance(3_000);
      while (clock.sleeps.length === count) await new Promise((resolve) => setImmediate(resolve));
    };
    await pass();
    expect(written).toEqual([]);
    waits = [{ source: "duo", ...WAIT }];
    await pass();
    expect(await seen()).toEqual([WAIT]);
    waits = [];
    await pass();
    expect(await seen()).toEqual([]);
    await pass();
    expect(written).toEqual(["duo.waiting", "duo.waiting"]);
    waits = [{ source: "duo", ...WAIT }];
    await pass();
    stop.abort();
    await ended;
    expect(await seen()).toEqual([]);
    expect(new Set(written)).toEqual(new Set(["duo.waiting"]));
  });
});

import { describe, expect, test } from "vitest";
import {
  decodeSourceStatus,
  encodeSourceStatus,
  NEVER_VISITED,
  type SourceStatus,
} from "../../src/status/source-status.ts";
import { openStatusObjects, type StatusObjects } from "../../src/status/status-objects.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const AT = "2026-03-12T15:30:00.000Z";
const ENTRY = { lastPullAt: AT, drainedTo: AT, lastError: undefined };
const FAILED = { ...ENTRY, lastError: { code: "duo_forbidden", message: "Cannot read", at: AT } };
const STATUS: SourceStatus = {
  visitedAtMs: Date.parse(AT),
  isSettled: true,
  secret: "populated",
  lastError: { code: "duo_unreachable", message: "Cannot reach", at: AT },
  entries: { duo_auth: ENTRY, "duo_auth.DA1": FAILED },
  notes: { "duo_auth.backfill": { left_seconds: 7 } },
};

/** A store that counts what is asked of it. */
function start(sources = ["duo", "two"]): {
  readonly objects: Map<string, Uint8Array>;
  readonly asked: string[];
  readonly open: () => StatusObjects;
} {
  const objects = new Map<string, Uint8Array>();
  const asked: string[] = [];
  const store = {
    read: (path: string): Promise<Uint8Array> => {
      asked.push(`read ${path}`);
      const bytes = objects.get(path);
      return bytes === undefined
        ? Promise.reject(Object.assign(new Error("none"), { code: "ENOENT" }))
        : Promise.resolve(bytes);
    },
    replace: (path: string, bytes: Uint8Array): Promise<void> => {
      asked.push(`write ${path}`);
      objects.set(path, bytes);
      return Promise.resolve();
    },
  };
  const named = sources.map((name) => ({
    name,
    tables: [{ name: "auth", resolvedName: `${name}_auth`, columns: [] }],
  }));
  return {
    objects,
    asked,
    open: () => openStatusObjects({ store, folder: "s3://logs/status", sources: named }),
  };
}

describe("a status object", () => {
  test("is read back as it was written", () => {
    expect(decodeSourceStatus(bytesOf(encodeSourceStatus("duo", STATUS)))).toEqual(STATUS);
    expect(decodeSourceStatus(bytesOf(encodeSourceStatus("duo", NEVER_VISITED)))).toEqual(NEVER_VISITED);
  });

  test.each(["", "{", "[]", '{"version":2,"is_settled":true}'])("that reads %j says nothing", (text) => {
    expect(decodeSourceStatus(bytesOf(text))).toEqual(NEVER_VISITED);
  });

  test("is read for what can be read of it", () => {
    const odd = '{"version":1,"visited_at":5,"is_settled":1,"secret":"x","entries":{"a":1},"notes":[]}';
    expect(decodeSourceStatus(bytesOf(odd))).toEqual(NEVER_VISITED);
  });
});

describe("openStatusObjects", () => {
  test("keeps the notes of a visit in one object of their log source, read once and written once", async () => {
    const { asked, open } = start();
    const { open: visit, save, journal } = open();
    expect(await visit("duo")).toEqual(NEVER_VISITED);
    await journal.write("duo_auth", ENTRY);
    await journal.write("duo_auth.DA1", FAILED);
    await journal.writeNote("duo_auth.backfill", { left_seconds: 7 });
    await journal.writeNote("duo.waiting", { at: AT });
    expect(await journal.read("duo_auth")).toEqual(ENTRY);
    const { entries, notes, ...rest } = STATUS;
    await save("duo", rest);
    expect(asked).toEqual(["read s3://logs/status/duo.json", "write s3://logs/status/duo.json"]);
    expect(await open().open("duo")).toEqual({
      ...STATUS,
      entries,
      notes: { ...notes, "duo.waiting": { at: AT } },
    });
  });

  test("lets the next visit begin with what the last one left, and keeps log sources apart", async () => {
    const { open } = start();
    const { open: visit, save, journal } = open();
    await visit("duo");
    await visit("two");
    await journal.write("duo_auth", ENTRY);
    await journal.write("two_auth", FAILED);
    const { entries: _entries, notes: _notes, ...rest } = STATUS;
    await save("duo", rest);
    await save("two", rest);
    const later = open();
    await later.open("duo");
    expect(await later.journal.read("duo_auth")).toEqual(ENTRY);
    expect(await later.journal.read("two_auth")).toBeUndefined();
    await later.open("two");
    expect(await later.journal.read("two_auth")).toEqual(FAILED);
  });

  test("forgets what nobody opened, and gives on why an object cannot be read", async () => {
    const { objects, open } = start();
    const { journal, open: visit } = open();
    await journal.write("duo_auth", ENTRY);
    expect(await journal.read("duo_auth")).toBeUndefined();
    expect(await journal.readNote("other.waiting")).toBeUndefined();
    objects.set("s3://logs/status/duo.json", bytesOf("{"));
    expect(await visit("duo")).toEqual(NEVER_VISITED);
    const denied = openStatusObjects({
      store: { read: () => Promise.reject(new Error("denied")), replace: () => Promise.resolve() },
      folder: "s3://logs/status",
      sources: [],
    });
    await expect(denied.open("duo")).rejects.toThrow("denied");
  });
});

import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { JournalEntry } from "../../src/status/journal-entry.ts";
import { openJournal } from "../../src/status/journal.ts";
import { testDirectory } from "../config/support/directory.ts";

const ENTRY: JournalEntry = {
  lastPullAt: "2026-03-12T15:30:20.000Z",
  drainedTo: "2026-03-12T15:28:20.000Z",
  lastError: { code: "duo_forbidden", message: "no permission", at: "2026-03-12T15:30:20.000Z" },
};

describe("openJournal", () => {
  test("gives back what was written last, for each table", async () => {
    await using directory = await testDirectory({});
    const journal = openJournal(directory.dir);
    expect(await journal.read("duo_auth")).toBeUndefined();
    await journal.write("duo_auth", ENTRY);
    const good = { ...ENTRY, lastError: undefined };
    await journal.write("duo_admin", good);
    expect(await openJournal(directory.dir).read("duo_auth")).toEqual(ENTRY);
    await journal.write("duo_auth", good);
    expect(await journal.read("duo_auth")).toEqual(good);
    expect(await journal.read("duo_admin")).toEqual(good);
    expect((await readdir(join(directory.dir, ".duolake/status"))).sort()).toEqual([
      "duo_admin.json",
      "duo_auth.json",
    ]);
  });

  test.each([
    "",
    "{",
    "null",
    "[]",
    '"2026"',
    "{}",
    '{"lastPullAt":5}',
    '{"lastPullAt":null,"drainedTo":"x"}',
  ])("takes a damaged file for none: %s", async (text) => {
    await using directory = await testDirectory({ ".duolake/status/duo_auth.json": text });
    expect(await openJournal(directory.dir).read("duo_auth")).toBeUndefined();
  });

  test.each(["x", { code: 1 }, { code: "a", message: "b" }, null])(
    "takes a damaged error for none: %j",
    async (lastError) => {
      const text = JSON.stringify({ lastPullAt: ENTRY.lastPullAt, drainedTo: 5, lastError });
      await using directory = await testDirectory({ ".duolake/status/duo_auth.json": text });
      expect(await openJournal(directory.dir).read("duo_auth")).toEqual({
        lastPullAt: ENTRY.lastPullAt,
        drainedTo: undefined,
        lastError: undefined,
      });
    },
  );

  test("is done without where it cannot be written", async () => {
    await using directory = await testDirectory({ ".duolake": "a file" });
    const journal = openJournal(directory.dir);
    await journal.write("duo_auth", ENTRY);
    expect(await journal.read("duo_auth")).toBeUndefined();
    expect(await readFile(join(directory.dir, ".duolake"), "utf8")).toBe("a file");
  });

  test("leaves no half of a file behind where the last step fails", async () => {
    await using directory = await testDirectory({});
    await mkdir(join(directory.dir, ".duolake/status/duo_auth.json"), { recursive: true });
    await writeFile(join(directory.dir, ".duolake/status/duo_auth.json/x"), "");
    await openJournal(directory.dir).write("duo_auth", ENTRY);
    expect(await readdir(join(directory.dir, ".duolake/status"))).toEqual(["duo_auth.json"]);
  });
});

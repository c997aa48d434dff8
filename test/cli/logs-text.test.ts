import { expect, test } from "vitest";
import { logText, namesSource } from "../../src/cli/logs-text.ts";

const AT_MS = Date.parse("2026-03-12T15:30:00Z");
const show = (text: string): string | undefined => logText({ atMs: AT_MS, text }, "puller");

test("a line of the program is shown with its level, message and fields", () => {
  const text = JSON.stringify({ level: 40, time: "x", source: "duo", reason: "not yet", msg: "not pulled" });
  expect(show(text)).toBe('2026-03-12 15:30:00Z puller warn  not pulled source=duo reason="not yet"\n');
});

test("metrics and what Lambda says of each invocation are left out, a failure is not", () => {
  expect(show('{"_aws":{"Timestamp":1},"PullSuccess":1}')).toBeUndefined();
  expect(show("START RequestId: 1 Version: $LATEST")).toBeUndefined();
  expect(show("REPORT RequestId: 1\tDuration: 5 ms")).toBeUndefined();
  expect(show("REPORT RequestId: 1\tDuration: 5 ms\tStatus: timeout")).toContain("Status: timeout");
  expect(show("x Task timed out after 240.00 seconds")).toContain("timed out");
});

test("a line cannot steer the terminal", () => {
  expect(show("a\u001b[2Jb")).toBe("2026-03-12 15:30:00Z puller a\ufffd[2Jb\n");
});

test("a line names a log source alone or in a list", () => {
  expect(namesSource('{"source":"duo"}', "duo")).toBe(true);
  expect(namesSource('{"sources":["a","duo"]}', "duo")).toBe(true);
  expect(namesSource('{"source":"duo2"}', "duo")).toBe(false);
  expect(namesSource("duo", "duo")).toBe(false);
});

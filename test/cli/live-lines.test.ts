import { describe, expect, test } from "vitest";
import type { Io } from "../../src/cli/io.ts";
import { createLiveLines, type LiveLines } from "../../src/cli/live-lines.ts";

/** Progress on a screen that a test can read; time passes only where it says so. */
function start(options: { readonly isTerminal: boolean; readonly columns?: number }): {
  readonly lines: LiveLines;
  readonly pass: (ms: number) => void;
  readonly written: () => string;
  readonly screen: () => string[];
} {
  let text = "";
  let ms = 0;
  const io: Io = {
    out: () => {},
    err: (more) => {
      text += more;
    },
    drain: async () => {},
    env: {},
    cwd: "/",
    signal: new AbortController().signal,
    ...options,
  };
  const lines = createLiveLines(io, { lineIntervalMs: 10_000, nowMs: () => ms });
  return {
    lines,
    pass: (by) => {
      ms += by;
    },
    written: () => text,
    screen: () => screenOf(text),
  };
}

/** What a terminal shows after the text, for the controls that are used: up, back, clear from here on. */
function screenOf(text: string): string[] {
  let rows: string[] = [""];
  // eslint-disable-next-line no-control-regex
  for (const part of text.split(/(\u001b\[\d*[AJ]|\r|\n)/)) {
    if (part === "\n") rows.push("");
    else if (part === "\u001b[J") rows[rows.length - 1] = "";
    else if (part.startsWith("\u001b[")) rows = rows.slice(0, rows.length - Number(part.slice(2, -1)));
    else if (part !== "\r") rows[rows.length - 1] += part;
  }
  return rows.at(-1) === "" ? rows.slice(0, -1) : rows;
}

describe("createLiveLines, on a terminal", () => {
  test("redraws its lines in place; what is said stays above them", () => {
    const { lines, pass, screen } = start({ isTerminal: true });
    lines.draw(
      () => ["auth 1", "admin 1"],
      () => "",
    );
    pass(100);
    lines.draw(
      () => ["auth 2", "admin 2"],
      () => "",
    );
    expect(screen()).toEqual(["auth 2", "admin 2"]);
    lines.say("waiting");
    expect(screen()).toEqual(["duolake: waiting", "auth 2", "admin 2"]);
    pass(100);
    lines.draw(
      () => ["auth 3"],
      () => "",
    );
    expect(screen()).toEqual(["duolake: waiting", "auth 3"]);
    lines.end();
    expect(screen()).toEqual(["duolake: waiting"]);
  });

  test("keeps each line on one row, and no more rows than a small terminal has", () => {
    const { lines, screen } = start({ isTerminal: true, columns: 20 });
    lines.draw(
      () => Array.from({ length: 30 }, () => "x".repeat(50)),
      () => "",
    );
    expect(screen()).toHaveLength(17);
    expect(screen()[0]).toBe("x".repeat(19));
    expect(screen().at(-1)).toBe("… and 14 more");
  });

  test("does not draw faster than anybody reads", () => {
    const { lines, pass, screen } = start({ isTerminal: true });
    lines.draw(
      () => ["1"],
      () => "",
    );
    pass(99);
    lines.draw(
      () => ["2"],
      () => "",
    );
    expect(screen()).toEqual(["1"]);
  });
});

test("createLiveLines without a terminal prints one plain line in ten seconds", () => {
  const { lines, pass, written } = start({ isTerminal: false });
  const draw = (text: string): void =>
    lines.draw(
      () => ["drawn"],
      () => text,
    );
  draw("at once");
  pass(9_999);
  draw("too early");
  pass(1);
  draw("10 s");
  pass(10_000);
  draw("20 s");
  lines.say("waiting");
  lines.end();
  expect(written()).toBe("duolake: 10 s\nduolake: 20 s\nduolake: waiting\n");
});

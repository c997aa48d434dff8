import type { Io } from "./io.ts";

/** Progress on standard error: lines that are redrawn in place on a terminal, a plain line now and then elsewhere. */
export interface LiveLines {
  /**
   * Shows how far the work is.
   *
   * @param lines what stands on a terminal, one for each piece of work under way
   * @param summary the same as one line, for where there is no terminal
   */
  readonly draw: (lines: () => readonly string[], summary: () => string) => void;
  /** Says something that stays. */
  readonly say: (text: string) => void;
  /** Clears what was drawn. */
  readonly end: () => void;
}

/** More lines than a small terminal has would scroll away, and each drawing would leave them behind. */
const LINE_COUNT_MAX = 16;
const WIDTH_NORMAL = 80;
const REDRAW_INTERVAL_MS = 100;

/** @param options how often to print the plain line, ms, 0 for never; `nowMs` for tests */
export function createLiveLines(
  io: Io,
  options: { readonly lineIntervalMs: number; readonly nowMs?: () => number },
): LiveLines {
  const { lineIntervalMs, nowMs = Date.now } = options;
  let drawnCount = 0;
  let lastMs = io.isTerminal ? -Infinity : nowMs();
  let shown: readonly string[] = [];
  const clear = (): string => {
    const text = drawnCount === 0 ? "" : `\u001b[${drawnCount}A\r\u001b[J`;
    drawnCount = 0;
    return text;
  };
  const redraw = (before: string): void => {
    const text = clear() + before + shown.map((line) => `${line}\n`).join("");
    drawnCount = shown.length;
    io.err(text);
  };
  return {
    draw: (lines, summary) => {
      const atMs = nowMs();
      if (!io.isTerminal && lineIntervalMs === 0) return;
      if (atMs - lastMs < (io.isTerminal ? REDRAW_INTERVAL_MS : lineIntervalMs)) return;
      lastMs = atMs;
      if (io.isTerminal) {
        shown = fit(lines(), io.columns ?? WIDTH_NORMAL);
        redraw("");
      } else io.err(`duolake: ${summary()}\n`);
    },
    say: (text) => {
      const line = `duolake: ${text}\n`;
      if (io.isTerminal) redraw(line);
      else io.err(line);
    },
    end: () => {
      shown = [];
      const text = clear();
      if (text !== "") io.err(text);
    },
  };
}

/** A line that wraps would count as two, and the next drawing would begin in the wrong place. */
function fit(lines: readonly string[], columns: number): string[] {
  const kept = lines.slice(0, LINE_COUNT_MAX).map((line) => line.slice(0, columns - 1));
  const leftCount = lines.length - kept.length;
  return leftCount > 0 ? [...kept, `… and ${leftCount} more`] : kept;
}

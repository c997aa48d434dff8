import type { AppObserver } from "../app.ts";
import { formatCount } from "./format.ts";
import type { Io } from "./io.ts";
import { createNotices } from "./notices.ts";

/** Draws one line on a terminal while a pull works; elsewhere it says what makes it wait, and how far it is if asked to. */
export interface PullProgress {
  readonly observer: AppObserver;
  /** Clears the line. */
  readonly end: () => void;
}

/** @param lineIntervalMs without a terminal: how often to print a line, ms; 0 for never */
export function createPullProgress(io: Io, lineIntervalMs: number = 0): PullProgress {
  let lastLineAtMs = Date.now();
  const tables = new Map<string, { eventCount: number; share: number }>();
  const draw = (): void => {
    const parts = [...tables].map(
      ([name, { eventCount, share }]) => `${name} ${formatCount(eventCount)} (${Math.round(share * 100)} %)`,
    );
    const line = parts.join("   ").slice(0, 160);
    if (io.isTerminal) io.err(`\r\u001b[K${line}`);
    else if (lineIntervalMs > 0 && Date.now() - lastLineAtMs >= lineIntervalMs) {
      lastLineAtMs = Date.now();
      io.err(`  ${line}\n`);
    }
  };
  const say = (text: string): void => {
    io.err(`${io.isTerminal ? "\r\u001b[K" : ""}duolake: ${text}\n`);
    draw();
  };
  return {
    end: () => {
      if (io.isTerminal) io.err("\r\u001b[K");
    },
    observer: {
      ...createNotices(say),
      pull: (source, table) => ({
        onPage: ({ eventCount, readThroughMs, window }) => {
          const before = tables.get(`${source}_${table}`)?.eventCount ?? 0;
          const share =
            readThroughMs === undefined ? 0 : (readThroughMs - window.fromMs) / (window.toMs - window.fromMs);
          tables.set(`${source}_${table}`, {
            eventCount: before + eventCount,
            share: Math.min(Math.max(share, 0), 1),
          });
          draw();
        },
      }),
    },
  };
}

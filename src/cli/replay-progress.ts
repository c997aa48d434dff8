import type { AppObserver } from "../app.ts";
import { formatCount } from "./format.ts";
import type { Io } from "./io.ts";
import { createLiveLines } from "./live-lines.ts";
import { createNotices } from "./notices.ts";

/** Shows how many stored events were mapped so far. */
export interface ReplayProgress {
  readonly observer: AppObserver;
  readonly onRows: (table: { readonly source: string; readonly table: string }, rowCount: number) => void;
  /** Clears the lines. */
  readonly end: () => void;
}

/** Where there is no terminal. */
const LINE_INTERVAL_MS = 10_000;

/** @param nowMs for tests */
export function createReplayProgress(io: Io, nowMs?: () => number): ReplayProgress {
  const lines = createLiveLines(io, { lineIntervalMs: LINE_INTERVAL_MS, ...(nowMs && { nowMs }) });
  const counts = new Map<string, number>();
  const texts = (): string[] =>
    [...counts].map(([name, count]) => `${name} ${formatCount(count)} events mapped`);
  return {
    observer: createNotices(lines.say),
    end: lines.end,
    onRows: ({ source, table }, rowCount) => {
      const name = `${source}_${table}`;
      counts.set(name, (counts.get(name) ?? 0) + rowCount);
      lines.draw(texts, () => `replay: ${texts().join("; ")}`);
    },
  };
}

import type { AppObserver } from "../app.ts";
import type { TablePuller } from "../pipeline/table-puller.ts";
import { journalName } from "../pull-all.ts";
import { formatCount } from "./format.ts";
import type { Io } from "./io.ts";
import { createLiveLines } from "./live-lines.ts";
import { createNotices } from "./notices.ts";

/** Shows how many events were compared so far. */
export interface VerifyProgress {
  readonly observer: AppObserver;
  readonly onPage: (puller: TablePuller, eventCount: number) => void;
  /** Clears the lines. */
  readonly end: () => void;
}

/** Where there is no terminal. */
const LINE_INTERVAL_MS = 10_000;

/** @param nowMs for tests */
export function createVerifyProgress(io: Io, nowMs?: () => number): VerifyProgress {
  const lines = createLiveLines(io, { lineIntervalMs: LINE_INTERVAL_MS, ...(nowMs && { nowMs }) });
  const counts = new Map<string, number>();
  const texts = (): string[] =>
    [...counts].map(([name, count]) => `${name} ${formatCount(count)} events compared`);
  return {
    observer: createNotices(lines.say),
    end: lines.end,
    onPage: (puller, eventCount) => {
      const name = journalName(puller);
      counts.set(name, (counts.get(name) ?? 0) + eventCount);
      lines.draw(texts, () => `verify: ${texts().join("; ")}`);
    },
  };
}

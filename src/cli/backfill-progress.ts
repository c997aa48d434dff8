import type { AppObserver } from "../app.ts";
import type { BackfillReport } from "../backfill-one.ts";
import type { TablePuller } from "../pipeline/table-puller.ts";
import { journalName } from "../pull-all.ts";
import { formatCount, formatDuration } from "./format.ts";
import type { Io } from "./io.ts";
import { createLiveLines } from "./live-lines.ts";
import { createNotices } from "./notices.ts";

/** Shows how far a backfill is: a line for each table under way on a terminal, elsewhere one line now and then. */
export interface BackfillProgressView {
  readonly observer: AppObserver;
  readonly onProgress: (puller: TablePuller, report: BackfillReport) => void;
  /** Clears the lines. */
  readonly end: () => void;
}

/** Where there is no terminal. */
const LINE_INTERVAL_MS = 10_000;
const BAR_LENGTH = 16;

/** @param nowMs for tests */
export function createBackfillProgress(io: Io, nowMs?: () => number): BackfillProgressView {
  const lines = createLiveLines(io, { lineIntervalMs: LINE_INTERVAL_MS, ...(nowMs && { nowMs }) });
  const underWay = new Map<string, BackfillReport>();
  let doneCount = 0;
  return {
    observer: createNotices(lines.say),
    end: lines.end,
    onProgress: (puller, report) => {
      const name = journalName(puller);
      if (report.leftMs === 0 && report.slice === undefined) {
        underWay.delete(name);
        doneCount += 1;
      } else underWay.set(name, report);
      const all = [...underWay];
      lines.draw(
        () => {
          const width = Math.max(0, ...all.map(([one]) => one.length));
          return all.map(([one, of]) => `${one.padEnd(width)}  ${bar(of)} ${describeBackfill(of)}`);
        },
        () => {
          const parts = all.map(([one, of]) => `${one} ${describeBackfill(of)}`);
          return `backfill: ${[...parts, `${doneCount} done`].join("; ")}`;
        },
      );
    },
  };
}

/** `63 %  12,345 events  14 requests  820/s  3 min left`; pure. */
export function describeBackfill(report: BackfillReport): string {
  const { counts, requestCount, eventsPerSecond, etaMs } = report;
  const parts = [
    `${Math.floor(shareOf(report) * 100)} %`.padStart(5),
    `${formatCount(counts.fetched)} events`,
    `${formatCount(requestCount)} request${requestCount === 1 ? "" : "s"}`,
    `${formatCount(Math.round(eventsPerSecond))}/s`,
  ];
  return [...parts, ...(etaMs === undefined ? [] : [`${formatDuration(etaMs / 1000)} left`])].join("  ");
}

function bar(report: BackfillReport): string {
  const length = Math.floor(shareOf(report) * BAR_LENGTH);
  return "█".repeat(length) + "░".repeat(BAR_LENGTH - length);
}

function shareOf({ wantedMs, leftMs }: BackfillReport): number {
  return wantedMs === 0 ? 1 : (wantedMs - leftMs) / wantedMs;
}

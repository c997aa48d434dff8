import type { AppObserver } from "../app.ts";
import type { Clock } from "../core/clock.ts";
import { mapBounded } from "../core/map-bounded.ts";
import type { RunLog } from "../daemon/run-log.ts";
import { beginVisit } from "./begin-visit.ts";
import { endVisit } from "./end-visit.ts";
import { keepOpen } from "./keep-open.ts";
import { createPullBehind } from "./pull-behind.ts";
import type { PullMessage } from "./pull-message.ts";
import type { PullingApp } from "./pulling-app.ts";
import { createRateLimits, type RateLimits } from "./rate-limits.ts";
import { type PullReport, reportVisits } from "./report-visits.ts";

/**
 * Pulls log sources once, and goes on with what is to be done behind the pulls until it is enough. One call at a time.
 *
 * Everything is pulled first: what is new comes before what is old.
 *
 * @throws only where the program cannot be put together; every other failure is in the report
 */
export type Puller = (message: PullMessage, enough: AbortSignal) => Promise<PullReport>;

export interface PullerOptions {
  /** Puts a program together for these log sources, or for more. */
  readonly open: (observer: AppObserver, sources: readonly string[]) => Promise<PullingApp>;
  readonly clock: Clock;
  readonly log: RunLog;
}

/** Log sources visited side by side: memory is what limits them. */
const SOURCE_COUNT_MAX = 4;
const ROTATION_MS = 60_000;

/** Makes the puller of one container. */
export function createPuller({ open, clock, log }: PullerOptions): Puller {
  const behind = createPullBehind(log.background);
  const limits = createRateLimits();
  const opened = keepOpen((names) => open(observerOf(log, limits), names));
  return async ({ sources: names, tickMs }, enough) => {
    const pulling = await opened(names);
    pulling.secrets.forget();
    const { sources } = pulling.app;
    const named = sources.filter(({ name }) => names.includes(name));
    for (const source of names) {
      if (named.some(({ name }) => name === source)) continue;
      // A tick that was on its way while the directory was deployed anew.
      log.logger.warn({ source }, "the configuration has no such log source");
    }
    const turns = rotated(named, clock.nowMs());
    const begun = await mapBounded(turns, SOURCE_COUNT_MAX, (source) =>
      beginVisit(pulling, source, { tickMs, enough, log }),
    );
    const visits = begun.filter((visit) => visit !== undefined);
    const ended = await mapBounded(visits, SOURCE_COUNT_MAX, (visit) =>
      endVisit(pulling, visit, { enough, log, behind, limits }),
    );
    return reportVisits(ended);
  };
}

function observerOf(log: RunLog, limits: RateLimits): AppObserver {
  return {
    duo: (source) => {
      const own = log.duo(source);
      return {
        ...own,
        onWait: (path, delayMs, because) => {
          own.onWait?.(path, delayMs, because);
          if (because.code === "duo_rate_limited") limits.hit(source);
        },
      };
    },
    ...(log.leftOut !== undefined && { leftOut: log.leftOut }),
  };
}

/** Whoever comes first has most of the time: each minute that is another log source. */
function rotated<Item>(items: readonly Item[], nowMs: number): readonly Item[] {
  const first = items.length === 0 ? 0 : Math.floor(nowMs / ROTATION_MS) % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}

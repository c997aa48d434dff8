import { errorText } from "../core/errors.ts";
import { mapBounded } from "../core/map-bounded.ts";
import type { RunLog } from "../daemon/run-log.ts";
import { createTraffic } from "../status/traffic.ts";
import { toWaitingNote, waitingNoteName } from "../status/waiting-note.ts";
import type { BehindOutcome, PullBehind } from "./pull-behind.ts";
import type { PullingApp } from "./pulling-app.ts";
import type { RateLimits } from "./rate-limits.ts";
import type { Visit, VisitOutcome } from "./visit.ts";

/** Tables of one log source that are read behind the pulls side by side: each has a batch or two in memory. */
const TABLE_COUNT_MAX = 4;

export interface EndVisitOptions {
  readonly enough: AbortSignal;
  readonly log: RunLog;
  readonly behind: PullBehind;
  readonly limits: RateLimits;
}

/** Goes on behind the pulls of a log source until nothing is left or it is enough, and writes its status object. */
export async function endVisit(
  pulling: PullingApp,
  visit: Visit,
  options: EndVisitOptions,
): Promise<VisitOutcome> {
  const { source, pulled } = visit;
  using watched = options.limits.watch(source.name);
  const outcomes = await workBehind(pulling, visit, { ...options, limited: watched.signal });
  const failures = [...pulled.failures, ...outcomes.flatMap((outcome) => outcome.failures)];
  const isLeft = pulled.isUnfinished || outcomes.some((outcome) => outcome.isLeft);
  const isSettled = pulled.secret === "populated" && !isLeft && failures.length === 0;
  await saveStatus(pulling, visit, { isSettled, log: options.log });
  return {
    secret: pulled.secret,
    isAnswered: pulled.isAnswered,
    failures,
    appended: outcomes.reduce((sum, { appended }) => sum + appended, pulled.appended),
    isRateLimited: watched.signal.aborted,
  };
}

function workBehind(
  { app }: PullingApp,
  { pulled }: Visit,
  { enough, behind, limited }: EndVisitOptions & { readonly limited: AbortSignal },
): Promise<BehindOutcome[]> {
  // A table that Duo has just limited is none of the good ones; the others of the account are better left alone as well.
  const isLimited = pulled.failures.some(({ code }) => code === "duo_rate_limited");
  const pullers = isLimited ? [] : pulled.goodPullers;
  const either = AbortSignal.any([enough, limited]);
  return mapBounded(pullers, TABLE_COUNT_MAX, (puller) => behind.goOn(app, puller, either));
}

async function saveStatus(
  { app, statuses }: PullingApp,
  { source, before, beganAtMs, pulled }: Visit,
  { isSettled, log }: { readonly isSettled: boolean; readonly log: RunLog },
): Promise<void> {
  const { secret, accounts, sourceError } = pulled;
  // Nothing is pulled for weeks, it may be, until somebody stores the key.
  if (secret === "missing" && before.secret === "missing" && before.visitedAtMs !== undefined) return;
  const { name } = source;
  const nowMs = app.clock.nowMs();
  const budgets = accounts.map(({ account, budget }) => ({ source: name, account: account?.id, budget }));
  const waits = createTraffic(() => budgets, app.clock.nowMs).waits();
  const at = new Date(nowMs).toISOString();
  try {
    await statuses.journal.writeNote(waitingNoteName(name), toWaitingNote(waits, nowMs, { outlives: true }));
    await statuses.save(name, {
      visitedAtMs: beganAtMs,
      isSettled,
      secret,
      lastError: sourceError && { ...sourceError, at },
    });
  } catch (error) {
    // Everything that a pull needs is in the lake (P1).
    log.logger.warn({ source: name, reason: errorText(error) }, "the status object cannot be written");
  }
}

import type { TableResult } from "../pipeline/pull-result.ts";
import type { RunLog } from "../daemon/run-log.ts";
import { errorText } from "../core/errors.ts";
import type { SourceApp } from "../source-app.ts";
import { NEVER_VISITED, type SourceStatus } from "../status/source-status.ts";
import { isLeftAlone } from "./is-left-alone.ts";
import { pullSource } from "./pull-source.ts";
import type { PullingApp } from "./pulling-app.ts";
import type { Visit } from "./visit.ts";

export interface BeginVisitOptions {
  /** Time of the tick that asks, ms since 1970. */
  readonly tickMs: number | undefined;
  readonly enough: AbortSignal;
  readonly log: RunLog;
}

/**
 * Pulls a log source, unless it is to be left alone (`is-left-alone.ts`).
 *
 * @returns undefined where nothing was asked for
 */
export async function beginVisit(
  pulling: PullingApp,
  source: SourceApp,
  { tickMs, enough, log }: BeginVisitOptions,
): Promise<Visit | undefined> {
  if (enough.aborted) return undefined;
  const { app } = pulling;
  const beganAtMs = app.clock.nowMs();
  const before = await openStatus(pulling, source.name, log);
  if (isLeftAlone(before, { nowMs: beganAtMs, tickMs })) {
    const ageSeconds = Math.round((beganAtMs - (before.visitedAtMs ?? beganAtMs)) / 1000);
    log.logger.info({ source: source.name, age_seconds: ageSeconds }, "visited already");
    return undefined;
  }
  const onResult = (result: TableResult, durationMs: number): void => log.pulled(result, durationMs);
  const pulled = await pullSource(app, source, { enough, onResult });
  if (pulled.secret === "missing")
    log.logger.warn({ source: source.name, skipped: "secret_not_populated" }, "not pulled");
  if (pulled.sourceError !== undefined) {
    const { code, message } = pulled.sourceError;
    log.logger.error({ source: source.name, code, reason: message }, "pull failed");
  }
  return { source, before, beganAtMs, pulled };
}

/** The status is a notice and no state: a pull does not wait for it. */
async function openStatus(
  { statuses }: PullingApp,
  source: string,
  { logger }: RunLog,
): Promise<SourceStatus> {
  try {
    return await statuses.open(source);
  } catch (error) {
    logger.warn({ source, reason: errorText(error) }, "the status object cannot be read");
    return NEVER_VISITED;
  }
}

import type { Gap, Window } from "../duo/page.ts";
import type { Cursor } from "./cursor.ts";

/** Duo shows nothing younger than this, so that what it shows is complete (Duo Admin API, "Logs"). */
export const AVAILABILITY_DELAY_MS = 120_000;
/** Duo keeps 180 days; a request for exactly that is too old by the time it arrives. */
export const RETENTION_MS: number = 180 * 86_400_000 - 3_600_000;

/**
 * Decides what a pull reads; pure.
 *
 * @param cursor where the stream stands
 * @param options Duo's present time and how far below the watermark to read again
 * @returns the window, undefined where there is nothing to read yet, and the gap that retention tore
 */
export function pullWindow(
  cursor: Pick<Cursor, "startMs" | "watermarkMs">,
  options: { readonly nowMs: number; readonly lookBackMs: number },
): { readonly window: Window | undefined; readonly gap: Gap | undefined } {
  const toMs = options.nowMs - AVAILABILITY_DELAY_MS;
  const keptFromMs = options.nowMs - RETENTION_MS;
  // A watermark from the future (the clock was wrong once) must not keep the pull from reading the present.
  const wantedFromMs = Math.max(Math.min(cursor.watermarkMs, toMs) - options.lookBackMs, cursor.startMs);
  // Whole seconds: events that are known by their second alone are counted from the second's beginning.
  const fromMs = Math.floor(Math.max(wantedFromMs, keptFromMs) / 1000) * 1000;
  const lostFromMs = Math.max(cursor.watermarkMs, cursor.startMs);
  return {
    window: fromMs < toMs ? { fromMs, toMs } : undefined,
    // Only what was never read is lost; the look-back below the watermark was.
    gap: lostFromMs < keptFromMs ? { fromMs: lostFromMs, toMs: keptFromMs, reason: "retention" } : undefined,
  };
}

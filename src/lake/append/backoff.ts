const DELAY_MS_BASE = 10;
const DELAY_MS_MAX = 1_000;

/** How long to wait before the next attempt: doubling with full jitter, so that rivals do not meet again. */
export function retryDelayMs(attempt: number): number {
  return Math.random() * Math.min(DELAY_MS_MAX, DELAY_MS_BASE * 2 ** Math.min(attempt, 16));
}

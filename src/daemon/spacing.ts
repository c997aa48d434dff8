/** Keeps the starts of drains of one endpoint apart, where several tables are fed by it. */
export interface Spacing {
  /**
   * Takes the next start of a drain.
   *
   * @param endpoint its path
   * @param nowMs the present, ms since 1970
   * @returns how long to wait for it, ms; never longer than the drains that wait already make necessary
   */
  readonly reserveMs: (endpoint: string, nowMs: number) => number;
}

/** @param intervalMs between two starts at one endpoint */
export function createSpacing(intervalMs: number): Spacing {
  const next = new Map<string, { readonly atMs: number; readonly waitingCount: number }>();
  return {
    reserveMs: (endpoint, nowMs) => {
      const before = next.get(endpoint);
      const aheadMs = before === undefined ? 0 : before.atMs - nowMs;
      const waitingCount = aheadMs > 0 && before !== undefined ? before.waitingCount : 0;
      // A clock that was set back must not add the hours it lost.
      const waitMs = Math.min(Math.max(aheadMs, 0), (waitingCount + 1) * intervalMs);
      next.set(endpoint, {
        atMs: nowMs + waitMs + intervalMs,
        waitingCount: waitMs > 0 ? waitingCount + 1 : 0,
      });
      return waitMs;
    },
  };
}

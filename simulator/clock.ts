/** The simulator's clock, which a test may hold still and move by hand. */
export interface SimulatorClock {
  /** Milliseconds since 1970-01-01T00:00Z. */
  readonly nowMs: () => number;
  /** Moves the clock by a number of milliseconds; a negative number moves it back. */
  readonly advance: (deltaMs: number) => void;
  /** Puts the clock at an instant. A clock that was ticking goes on ticking from there. */
  readonly setNow: (nowMs: number) => void;
}

/**
 * Makes a clock. With `startMs` it stands still until it is moved, so that a test decides when events
 * appear; without it, it follows the system clock.
 */
export function createClock(startMs?: number): SimulatorClock {
  let offsetMs = startMs ?? 0;
  const baseMs = (): number => (startMs === undefined ? Date.now() : 0);
  return {
    nowMs: () => baseMs() + offsetMs,
    advance: (deltaMs) => {
      assertFinite(deltaMs, "advance");
      offsetMs += deltaMs;
    },
    setNow: (nowMs) => {
      assertFinite(nowMs, "set");
      offsetMs = nowMs - baseMs();
    },
  };
}

function assertFinite(value: number, verb: string): void {
  if (!Number.isFinite(value)) {
    throw new RangeError(`Cannot ${verb} the simulator's clock: expected milliseconds, got ${value}`);
  }
}

const HOUR_US = 3_600_000_000;

/** What became of the events of one hour. */
export interface HourCount {
  /** Events that Duo lists. */
  expected: number;
  /** Those that the lake, or its dead letters, had or have now. */
  present: number;
  /** Those among the present that were missing and were added. */
  healed: number;
}

/** Counts events by the hour of their time. */
export interface HourCounts {
  /**
   * @param tsUs the event's time, microseconds since 1970
   * @param what `present`: listed and there; `expected`: listed and missing; `settled`: a missing one is there now; `healed`:
   *   and it is us who added it
   */
  readonly add: (tsUs: number, what: "present" | "expected" | "settled" | "healed") => void;
  /** @param hourMs start of the hour, ms since 1970 */
  readonly of: (hourMs: number) => Readonly<HourCount>;
}

const NONE: Readonly<HourCount> = { expected: 0, present: 0, healed: 0 };

/** Starts with no hour. */
export function createHourCounts(): HourCounts {
  const hours = new Map<number, HourCount>();
  const at = (tsUs: number): HourCount => {
    const hourMs = Math.floor(tsUs / HOUR_US) * (HOUR_US / 1000);
    const count = hours.get(hourMs) ?? { expected: 0, present: 0, healed: 0 };
    hours.set(hourMs, count);
    return count;
  };
  return {
    add: (tsUs, what) => {
      const count = at(tsUs);
      if (what === "present" || what === "expected") count.expected += 1;
      if (what === "present" || what === "settled") count.present += 1;
      if (what === "healed") count.healed += 1;
    },
    of: (hourMs) => hours.get(hourMs) ?? NONE,
  };
}

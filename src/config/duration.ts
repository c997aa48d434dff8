const UNITS_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

type Unit = keyof typeof UNITS_MS;

/** A whole number and one unit: `90s`, `5m`, `1h`, `7d`. */
export const DURATION_PATTERN: RegExp = /^[0-9]{1,7}[smhd]$/;

/** Gives the milliseconds of a text that `DURATION_PATTERN` accepts; undefined for any other. */
export function parseDuration(text: string): number | undefined {
  if (!DURATION_PATTERN.test(text)) return undefined;
  return Number(text.slice(0, -1)) * UNITS_MS[text.slice(-1) as Unit];
}

/** Writes milliseconds in the largest unit that divides them: `90s`, `7d`. */
export function durationText(ms: number): string {
  for (const unit of ["d", "h", "m"] as const) {
    if (ms > 0 && ms % UNITS_MS[unit] === 0) return `${ms / UNITS_MS[unit]}${unit}`;
  }
  return `${ms / UNITS_MS.s}s`;
}

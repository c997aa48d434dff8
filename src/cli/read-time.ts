import { parseDuration } from "../config/duration.ts";
import { DuolakeError } from "../core/errors.ts";

/** A day, or an instant that says its zone: without one it would mean something else on each machine. */
const TIME_PATTERN = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/**
 * Reads an option that names a time in the past; pure.
 *
 * @param text a duration back from now (`7d`) where `takesDuration`, a day (`2026-03-12`, from its beginning in UTC) or an
 *   instant (`2026-03-12T15:30:00Z`)
 * @param options `option` is named in the error; `nowMs` is the present, ms since 1970
 * @returns ms since 1970
 * @throws usage_invalid where it is none of these or lies in the future
 */
export function readTime(
  text: string,
  options: { readonly option: string; readonly nowMs: number; readonly takesDuration: boolean },
): number {
  const { option, nowMs, takesDuration } = options;
  const agoMs = takesDuration ? parseDuration(text) : undefined;
  const atMs = agoMs === undefined ? readInstant(text) : nowMs - agoMs;
  if (atMs === undefined) {
    const forms = `${takesDuration ? "a duration such as 7d, " : ""}a day such as 2026-03-12 or an instant such as 2026-03-12T15:30:00Z`;
    throw unusable(option, `it must be ${forms}`, text);
  }
  if (atMs > nowMs) throw unusable(option, "it must lie in the past", text);
  return atMs;
}

function readInstant(text: string): number | undefined {
  const day = TIME_PATTERN.exec(text)?.[1];
  // `2026-02-31` would be taken for a day of March.
  if (day === undefined || !isDay(day)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

function isDay(day: string): boolean {
  const ms = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day);
}

function unusable(option: string, reason: string, text: string): DuolakeError {
  return new DuolakeError("usage_invalid", `Cannot use ${option}: ${reason}, got ${JSON.stringify(text)}`);
}

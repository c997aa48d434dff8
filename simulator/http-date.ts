// English names only: a date in another language counts as missing.
const RFC_2822 =
  /^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d (?:[+-]\d{4}|GMT|UTC|UT)$/;

/** Reads an RFC 2822 date; undefined when the text is none. */
export function parseHttpDate(text: string | undefined): number | undefined {
  if (text === undefined || !RFC_2822.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

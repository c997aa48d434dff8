import { z } from "zod";

import { DURATION_PATTERN, durationText, parseDuration } from "../duration.ts";

/** A duration such as `5m`, given as milliseconds. Each bound may say why it is there. */
export function durationValue(options: {
  readonly description: string;
  readonly normal: string;
  readonly min: string;
  readonly minReason?: string;
  readonly max: string;
  readonly maxReason?: string;
}): z.ZodPrefault<z.ZodType<number, string>> {
  const { min, max, normal, description } = options;
  const minMs = parseDuration(min)!;
  const maxMs = parseDuration(max)!;
  return z
    .string({ error: "must be a duration: a whole number and s, m, h or d, such as 90s or 5m" })
    .regex(DURATION_PATTERN, {
      error: "must be a duration: a whole number and s, m, h or d, such as 90s or 5m",
    })
    .transform((text, context) => {
      const ms = parseDuration(text)!;
      if (ms < minMs) context.addIssue(`must be at least ${durationText(minMs)}${reason(options.minReason)}`);
      if (ms > maxMs) context.addIssue(`must be at most ${durationText(maxMs)}${reason(options.maxReason)}`);
      return ms;
    })
    .prefault(normal)
    .describe(`${description} ${min} to ${max}, ${normal} when not given.`);
}

function reason(text: string | undefined): string {
  return text === undefined ? "" : ` (${text})`;
}

import { z } from "zod";

import { DURATION_PATTERN, durationText, parseDuration } from "../duration.ts";

/** From where to where a duration may go. Each bound may say why it is there. */
export interface DurationBounds {
  readonly min: string;
  readonly minReason?: string;
  readonly max: string;
  readonly maxReason?: string;
}

/** A duration such as `5m`, given as milliseconds. */
export function boundedDuration(bounds: DurationBounds): z.ZodType<number, string> {
  const minMs = parseDuration(bounds.min)!;
  const maxMs = parseDuration(bounds.max)!;
  return z
    .string({ error: "must be a duration: a whole number and s, m, h or d, such as 90s or 5m" })
    .regex(DURATION_PATTERN, {
      error: "must be a duration: a whole number and s, m, h or d, such as 90s or 5m",
    })
    .transform((text, context) => {
      const ms = parseDuration(text)!;
      if (ms < minMs) context.addIssue(`must be at least ${durationText(minMs)}${reason(bounds.minReason)}`);
      if (ms > maxMs) context.addIssue(`must be at most ${durationText(maxMs)}${reason(bounds.maxReason)}`);
      return ms;
    });
}

function reason(text: string | undefined): string {
  return text === undefined ? "" : ` (${text})`;
}

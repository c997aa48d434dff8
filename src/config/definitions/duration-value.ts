import type { z } from "zod";

import { boundedDuration } from "./bounded-duration.ts";
import type { DurationBounds } from "./bounded-duration.ts";

/** A duration with a default, given as milliseconds. */
export function durationValue(
  options: DurationBounds & { readonly description: string; readonly normal: string },
): z.ZodPrefault<z.ZodType<number, string>> {
  const { min, max, normal, description } = options;
  return boundedDuration(options)
    .prefault(normal)
    .describe(`${description} ${min} to ${max}, ${normal} when not given.`);
}

import { DuolakeError } from "../core/errors.ts";
import { isJsonObject, type Json, parseJson } from "../core/json.ts";

/** Which log sources are to be looked at, and why now. */
export interface PullMessage {
  readonly sources: readonly string[];
  /** Time of the tick, ms since 1970; undefined where the message does not say it. */
  readonly tickMs: number | undefined;
}

/**
 * Reads a message of the queue: `{"sources":["duo"],"time":"…"}`; pure.
 *
 * @throws internal for a message of another shape: nobody but the template's rule and the dispatcher sends any
 */
export function pullMessage(body: string): PullMessage {
  const value = parsed(body);
  const { sources, time } = isJsonObject(value) ? value : {};
  if (Array.isArray(sources) && sources.length > 0 && sources.every((name) => typeof name === "string")) {
    const tickMs = typeof time === "string" ? Date.parse(time) : Number.NaN;
    return {
      sources: [...new Set(sources as readonly string[])],
      tickMs: Number.isNaN(tickMs) ? undefined : tickMs,
    };
  }
  throw new DuolakeError(
    "internal",
    `Cannot read the message: it must name log sources, got ${JSON.stringify(body.slice(0, 200))}`,
  );
}

function parsed(body: string): Json | undefined {
  try {
    return parseJson(body);
  } catch {
    return undefined;
  }
}

import { type Clock, throwIfStopped } from "../core/clock.ts";
import type { Http } from "../core/http.ts";
import { isJsonObject, parseJson } from "../core/json.ts";

/** Duo's clock as far as it is known. */
export interface ServerClock {
  /** This machine's clock, corrected once a skew was found; what requests are signed with and windows end at. */
  readonly nowMs: () => number;
  /** Asks Duo what time it is: this machine's clock minus Duo's, ms; undefined where no answer came. */
  readonly measureSkewMs: (signal?: AbortSignal) => Promise<number | undefined>;
  /** From now on `nowMs` is this machine's clock minus `skewMs`. */
  readonly correct: (skewMs: number) => void;
  readonly skewMs: () => number;
}

/** Starts with the assumption that this machine's clock is right. */
export function createServerClock(options: {
  readonly clock: Clock;
  readonly http: Http;
  readonly baseUrl: string;
}): ServerClock {
  const { clock, http, baseUrl } = options;
  let skewMs = 0;
  return {
    nowMs: () => clock.nowMs() - skewMs,
    skewMs: () => skewMs,
    correct: (measuredMs) => {
      skewMs = measuredMs;
    },
    measureSkewMs: async (signal) => {
      const serverMs = await readServerTimeMs(http, baseUrl, signal);
      return serverMs === undefined ? undefined : clock.nowMs() - serverMs;
    },
  };
}

/** `/auth/v2/ping` needs no signature and says the time (Duo Auth API); its Date header serves where the body does not. */
async function readServerTimeMs(
  http: Http,
  baseUrl: string,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  try {
    const answer = await http({
      method: "GET",
      url: `${baseUrl}/auth/v2/ping`,
      headers: { "User-Agent": "duolake" },
      ...(signal === undefined ? {} : { signal }),
    });
    const time = pingTime(answer.body);
    if (time !== undefined) return time * 1000;
    const dateMs = Date.parse(answer.headers["date"] ?? "");
    return Number.isNaN(dateMs) ? undefined : dateMs;
  } catch {
    // Only a diagnosis: the request that asked for it reports its own failure.
    throwIfStopped(signal);
    return undefined;
  }
}

function pingTime(body: string): number | undefined {
  try {
    const envelope = parseJson(body);
    const response = isJsonObject(envelope) ? envelope["response"] : undefined;
    const time = isJsonObject(response) ? response["time"] : undefined;
    return typeof time === "number" ? time : undefined;
  } catch {
    return undefined;
  }
}

/** Says in words how far this machine's clock is off: `312 s ahead of Duo's`. */
export function describeSkew(skewMs: number): string {
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  return seconds === 0 ? "in step with Duo's" : `${seconds} s ${skewMs > 0 ? "ahead of" : "behind"} Duo's`;
}

import type { Clock } from "../core/clock.ts";
import { DuolakeError } from "../core/errors.ts";
import type { Http } from "../core/http.ts";
import type { DuoObserver } from "./duo-observer.ts";
import type { EndpointLimits } from "./endpoint-limits.ts";
import { type DuoAnswer, exchange } from "./exchange.ts";
import type { Priority } from "./priority.ts";
import type { RequestBudget } from "./request-budget.ts";
import { NOTHING_TRIED, nextStep } from "./retry-policy.ts";
import { createServerClock, describeSkew, type ServerClock } from "./server-clock.ts";
import type { Params } from "./sign.ts";

/** Sends signed requests with one pair of keys, and tries again within bounds what may pass by itself. */
export interface RequestSender {
  /**
   * Sends a request and gives the content of its envelope.
   *
   * @throws duo_* as `docs/errors.md` has them, what `secretKey` throws, stopped
   */
  readonly send: (request: RequestToSend) => Promise<DuoAnswer>;
  readonly serverClock: ServerClock;
  /** What Duo allows at each endpoint. */
  readonly limits: EndpointLimits;
}

export interface RequestToSend {
  /** `/admin/…` */
  readonly path: string;
  /** Query parameters, in any order; none beside a body, which is signed in their place. */
  readonly params: Params;
  /** A JSON text makes it a POST; without one it is a GET. */
  readonly body?: string | undefined;
  /** The permission that the endpoint needs; named in the error when it is missing. */
  readonly permission: string;
  /** Who goes first where several requests wait; default `live`. */
  readonly priority?: Priority | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface RequestSenderOptions {
  readonly apiHostname: string;
  readonly integrationKey: string;
  /** Gives the secret key; `fresh` asks to read it again because Duo refused the last one. */
  readonly secretKey: (fresh: boolean) => Promise<string>;
  /** Where requests go instead of `https://<apiHostname>`; the signature covers `apiHostname` all the same. */
  readonly endpointUrl?: string | undefined;
  readonly http: Http;
  readonly clock: Clock;
  readonly budget: RequestBudget;
  readonly observer?: DuoObserver | undefined;
  /** 0 <= x < 1, for jitter. */
  readonly random?: () => number;
}

// Below this a difference is the way of the message, not a wrong clock; Duo tolerates minutes.
const SKEW_MS_MIN = 5_000;

/** Makes a sender. Nothing is sent and no secret is read before the first request. */
export function createRequestSender(options: RequestSenderOptions): RequestSender {
  const { apiHostname, integrationKey, http, clock, budget, observer = {}, random = Math.random } = options;
  const baseUrl = options.endpointUrl ?? `https://${apiHostname}`;
  const serverClock = createServerClock({ clock, http, baseUrl });
  const { onRequest } = observer;
  const wire = {
    apiHostname,
    integrationKey,
    baseUrl,
    http,
    clock,
    serverNowMs: serverClock.nowMs,
    onRequest,
  };

  const send: RequestSender["send"] = async ({ priority = "live", ...request }) => {
    const { path, signal } = request;
    const urgency = priority === "live" ? "live" : "background";
    let tried = NOTHING_TRIED;
    let isRefused = false;
    for (;;) {
      const secretKey = await options.secretKey(isRefused);
      await budget.acquire(path, { priority, signal });
      const outcome = await exchange(wire, { ...request, secretKey });
      if ("answer" in outcome) {
        budget.succeeded(path);
        return outcome.answer;
      }
      const { error } = outcome;
      const next = nextStep(error, tried, { random: random(), urgency });
      // The budget must learn of every 429, also of the one that ends this call.
      const holdMs = error.code === "duo_rate_limited" ? budget.limited(path, outcome.retryAfterMs) : 0;
      if (next.step === "give_up") throw tried.correctedSkew ? withSkew(error, serverClock.skewMs()) : error;
      tried = next.tried;
      isRefused = next.step === "reread_secret";
      // A hold that is longer than a live request waits ends the call where the budget refuses the next one.
      const isWaitedFor = priority !== "live" || holdMs <= budget.waitMsMax;
      if (next.step === "hold" && isWaitedFor) observer.onWait?.(path, holdMs, error);
      if (next.step === "correct_skew") await correctSkew(serverClock, error, { observer, signal });
      if (next.step === "back_off") {
        observer.onWait?.(path, next.delayMs, error);
        await clock.sleep(next.delayMs, signal);
      }
    }
  };
  return { send, serverClock, limits: budget.limits };
}

/** Corrects the clock that requests are signed with; throws the error, with the skew in it, where that cannot help. */
async function correctSkew(
  serverClock: ServerClock,
  error: DuolakeError,
  options: { readonly observer: DuoObserver; readonly signal: AbortSignal | undefined },
): Promise<void> {
  const measuredMs = await serverClock.measureSkewMs(options.signal);
  if (measuredMs === undefined) throw error;
  if (Math.abs(measuredMs - serverClock.skewMs()) < SKEW_MS_MIN) {
    throw withSkew(error, measuredMs);
  }
  serverClock.correct(measuredMs);
  options.observer.onSkew?.(measuredMs);
}

/** Adds the measured skew to an error about the clock; leaves every other as it is. */
function withSkew(error: DuolakeError, skewMs: number): DuolakeError {
  if (error.code !== "duo_clock_skew") return error;
  const message = `${error.message}; measured: this clock is ${describeSkew(skewMs)}`;
  return new DuolakeError("duo_clock_skew", message, { retryable: true, cause: error });
}

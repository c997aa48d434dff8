import type { Http, HttpRequest, HttpResponse } from "../../../src/core/http.ts";
import type { Json } from "../../../src/core/json.ts";
import { stringifyJson } from "../../../src/core/json.ts";
import type { DuoClient, DuoObserver } from "../../../src/duo/client.ts";
import { createDuoClient } from "../../../src/duo/client.ts";
import type { DuoAnswer } from "../../../src/duo/exchange.ts";
import type { Page } from "../../../src/duo/page.ts";
import { createRequestBudget, type RequestBudget } from "../../../src/duo/request-budget.ts";
import { createServerClock } from "../../../src/duo/server-clock.ts";
import type { Params } from "../../../src/duo/sign.ts";
import { createImpatientClock, type FakeClock } from "../../core/support/fake-clock.ts";

export const API_HOSTNAME = "api-eac94d5a.duosecurity.com";
export const SECRET_KEY = "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep";
export const PATH = "/admin/v2/logs/authentication";

/** One answer of the transport; an Error is thrown. */
export type Step = HttpResponse | Error | ((request: HttpRequest) => HttpResponse);

export function reply(status: number, body: unknown, headers: Record<string, string> = {}): HttpResponse {
  return { status, headers, body: typeof body === "string" ? body : JSON.stringify(body) };
}

export function ok(response: Json = []): HttpResponse {
  return { status: 200, headers: {}, body: stringifyJson({ stat: "OK", response }) };
}

export function fail(code: number, detail?: string): HttpResponse {
  const message = { stat: "FAIL", code, message: `message of ${code}`, message_detail: detail };
  return reply(Math.floor(code / 100), message);
}

/** A client whose transport answers by a script; the last step is repeated. Pings are answered with `serverMs`. */
export interface ScriptedClient {
  readonly client: DuoClient;
  readonly clock: FakeClock;
  /** The requests sent, pings left out. */
  readonly requests: readonly HttpRequest[];
  readonly pingCount: () => number;
  /** What was asked of `secretKey`. */
  readonly freshness: readonly boolean[];
  readonly get: (signal?: AbortSignal) => Promise<DuoAnswer>;
}

export function scriptedClient(
  steps: readonly Step[],
  options: {
    readonly secrets?: readonly string[];
    readonly clock?: FakeClock;
    /** What Duo's clock shows, given ours; undefined where the ping fails. */
    readonly serverMs?: (nowMs: number) => number | undefined;
    readonly observer?: DuoObserver;
    readonly random?: () => number;
    readonly budget?: RequestBudget;
  } = {},
): ScriptedClient {
  const { secrets = [SECRET_KEY], clock = createImpatientClock(), serverMs = (nowMs) => nowMs } = options;
  const requests: HttpRequest[] = [];
  const freshness: boolean[] = [];
  let pingCount = 0;
  const http: Http = async (request) => {
    if (request.url.endsWith("/auth/v2/ping")) {
      pingCount += 1;
      const atMs = serverMs(clock.nowMs());
      return atMs === undefined ? reply(503, "") : ok({ time: Math.floor(atMs / 1000) });
    }
    const step = steps[Math.min(requests.length, steps.length - 1)] as Step;
    requests.push(request);
    if (step instanceof Error) throw step;
    return typeof step === "function" ? step(request) : step;
  };
  const client = createDuoClient({
    apiHostname: API_HOSTNAME,
    integrationKey: "DIWJ8X6AEYOR5OMC6TQ1",
    secretKey: async (fresh) => {
      freshness.push(fresh);
      const readCount = freshness.filter((one) => one).length;
      return secrets[Math.min(readCount, secrets.length - 1)] ?? "";
    },
    http,
    clock,
    budget: options.budget ?? createRequestBudget({ clock, holdMs: 60_000 }),
    observer: options.observer,
    random: options.random ?? (() => 0.5),
  });
  return {
    client,
    clock,
    requests,
    pingCount: () => pingCount,
    freshness,
    get: (signal) => client.get(PATH, [["limit", "1"]], { permission: "Grant read log", signal }),
  };
}

/** A client whose answers are a function of the parameters; for the paging rules. */
export function answeringClient(
  answer: (params: Readonly<Record<string, string>>, index: number) => Json,
): DuoClient & { readonly asked: readonly Readonly<Record<string, string>>[] } {
  const clock = createImpatientClock();
  const asked: Record<string, string>[] = [];
  return {
    asked,
    apiHostname: API_HOSTNAME,
    serverClock: createServerClock({ clock, http: async () => reply(503, ""), baseUrl: "http://127.0.0.1" }),
    limits: { learned: () => undefined, recall: () => {} },
    get: async (_path: string, params: Params) => {
      const named = Object.fromEntries(params);
      asked.push(named);
      if (asked.length > 50) throw new Error("the paging does not end");
      return { response: answer(named, asked.length - 1), fetchedAtMs: clock.nowMs() };
    },
  };
}

/** All pages, and the error that ended them. */
export async function readAll(
  pages: AsyncIterable<Page>,
): Promise<{ readonly pages: readonly Page[]; readonly error: unknown }> {
  const read: Page[] = [];
  try {
    for await (const page of pages) read.push(page);
    return { pages: read, error: undefined };
  } catch (error) {
    return { pages: read, error };
  }
}

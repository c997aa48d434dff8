import { createHttp, type Http } from "../../src/core/http.ts";

/** A way to Duo that says when it is enough. */
export interface Stopping extends AsyncDisposable {
  readonly http: Http;
  /** Counts anew, and gives the signal that is aborted when so many requests were answered. */
  readonly after: (requestCount: number, when?: "answered" | "asked") => AbortSignal;
}

/** A real transport beside which a signal is aborted, in the middle of whatever asks. */
export function stopping(): Stopping {
  const transport = createHttp();
  let left = Infinity;
  let moment: "answered" | "asked" = "answered";
  let controller = new AbortController();
  return {
    http: async (request) => {
      left -= 1;
      if (left === 0 && moment === "asked") controller.abort();
      const response = await transport.http(request);
      if (left === 0) controller.abort();
      return response;
    },
    after: (requestCount, when = "answered") => {
      left = requestCount;
      moment = when;
      controller = new AbortController();
      return controller.signal;
    },
    [Symbol.asyncDispose]: transport.close,
  };
}

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
  let asked = 0;
  let answered = 0;
  let enough = Infinity;
  let moment: "answered" | "asked" = "answered";
  let controller = new AbortController();
  return {
    http: async (request) => {
      asked += 1;
      if (moment === "asked" && asked >= enough) controller.abort();
      const response = await transport.http(request);
      // Counted by itself: requests run side by side, and another may have been asked meanwhile.
      answered += 1;
      if (answered >= enough) controller.abort();
      return response;
    },
    after: (requestCount, when = "answered") => {
      [asked, answered, enough] = [0, 0, requestCount];
      moment = when;
      controller = new AbortController();
      return controller.signal;
    },
    [Symbol.asyncDispose]: transport.close,
  };
}

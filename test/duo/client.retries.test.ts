import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DuolakeError } from "../../src/core/errors.ts";
import { fail, ok, reply, scriptedClient, type Step } from "./support/scripted-duo.ts";

function broken(code: string): Error {
  return Object.assign(new Error("what the transport said"), { code });
}

/** Everything that passes by itself, or seems to. */
const PASSING: Readonly<Record<string, Step>> = {
  reset: broken("ECONNRESET"),
  "time-out of the connection": broken("UND_ERR_CONNECT_TIMEOUT"),
  "time-out of the headers": broken("UND_ERR_HEADERS_TIMEOUT"),
  "time-out of the body": broken("UND_ERR_BODY_TIMEOUT"),
  "body shorter than announced": broken("UND_ERR_RES_CONTENT_LENGTH_MISMATCH"),
  "name not found": broken("ENOTFOUND"),
  "name server away": broken("EAI_AGAIN"),
  "certificate expired": broken("CERT_HAS_EXPIRED"),
  "certificate of another host": broken("ERR_TLS_CERT_ALTNAME_INVALID"),
  "TLS handshake": broken("EPROTO"),
  "500": fail(50000),
  "502 with HTML": reply(502, "<html>Bad Gateway"),
  "503 with nothing": reply(503, ""),
  "408 with HTML": reply(408, "<html>Request Timeout"),
  "200 that breaks off": reply(200, '{"stat":"OK","response":{"authlogs":[{"txid":"'),
  "200 with HTML": reply(200, "<html>Sign in"),
  "200 with nothing": reply(200, ""),
  "200 that says FAIL": reply(200, { stat: "FAIL", code: 50000, message: "Internal error" }),
  "200 that says FAIL and no more": reply(200, { stat: "FAIL" }),
};
const names = Object.keys(PASSING);

describe("client.get after what may pass by itself", () => {
  test.each(names)("asks again after a %s, and gives the answer", async (name) => {
    const { get, requests } = scriptedClient([PASSING[name] as Step, ok({ count: 1 })]);
    expect((await get()).response).toEqual({ count: 1 });
    expect(requests).toHaveLength(2);
  });

  test("asks five times at most, whatever comes in whatever order, with jittered growing waits", async () => {
    const failures = fc.array(fc.constantFrom(...names), { maxLength: 8 });
    // Quarters, so that the sums are exact.
    const jitter = fc.array(fc.constantFrom(0, 0.25, 0.5, 0.75), {
      minLength: 8,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(failures, jitter, async (list, randoms) => {
        const waits: number[] = [];
        let drawCount = 0;
        const { get, requests, clock } = scriptedClient(
          [...list.map((name) => PASSING[name] as Step), ok()],
          {
            observer: { onWait: (_path, delayMs) => waits.push(delayMs) },
            random: () => randoms[drawCount++] as number,
          },
        );
        const error = await get().then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        expect(error instanceof DuolakeError && error.retryable).toBe(list.length >= 5);
        expect(requests).toHaveLength(Math.min(list.length + 1, 5));
        const expected = waits.map((_, i) => (1_000 * 2 ** i * (1 + (randoms[i] as number))) / 2);
        expect(waits).toEqual(expected);
        expect(waits).toHaveLength(Math.min(list.length, 4));
        expect(clock.elapsedMs()).toBeLessThan(20_000);
      }),
      { numRuns: 100 },
    );
  });

  test("counts failures and 429s apart, and both are bounded", async () => {
    const steps = [fail(50000), fail(42901), fail(50000), fail(42901), fail(50000), fail(50000), ok()];
    const { get, requests } = scriptedClient(steps);
    await get();
    expect(requests).toHaveLength(7);
    const third = scriptedClient([fail(50000), fail(42901), fail(42901), fail(50000), fail(42901), ok()]);
    await expect(third.get()).rejects.toBeInstanceOf(DuolakeError);
    expect(third.requests).toHaveLength(5);
  });

  test("reads the secret once more and corrects the clock once, also between other failures", async () => {
    const hourMs = 3_600_000;
    const { get, requests, freshness, pingCount } = scriptedClient(
      [fail(50000), fail(40103), broken("ECONNRESET"), fail(40105), fail(42901), ok()],
      { secrets: ["old", "new"], serverMs: (nowMs) => nowMs - hourMs },
    );
    await get();
    expect(freshness).toEqual([false, false, true, false, false, false]);
    expect(pingCount()).toBe(1);
    const [first, last] = [requests[0], requests.at(-1)].map((one) => Date.parse(one?.headers["Date"] ?? ""));
    expect((last as number) - (first as number)).toBeLessThan(-hourMs + 120_000);
  });
});

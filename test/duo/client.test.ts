import { describe, expect, test } from "vitest";
import type { HttpRequest } from "../../src/core/http.ts";
import { canonicalParams, signature } from "../../src/duo/sign.ts";
import { createFakeClock } from "../core/support/fake-clock.ts";
import { API_HOSTNAME, fail, ok, PATH, reply, scriptedClient, SECRET_KEY } from "./support/scripted-duo.ts";

/** True when the request is signed with this key for just what it sends. */
function isSignedWith(request: HttpRequest, secretKey: string): boolean {
  const url = new URL(request.url);
  const toSign = {
    scheme: "v5",
    date: request.headers["Date"] ?? "",
    method: "GET",
    host: API_HOSTNAME,
    path: url.pathname,
    params: [...url.searchParams],
  } as const;
  const sent = Buffer.from(
    (request.headers["Authorization"] ?? "").replace("Basic ", ""),
    "base64",
  ).toString();
  return sent === `DIWJ8X6AEYOR5OMC6TQ1:${signature(toSign, secretKey)}`;
}

function dateOf(request: HttpRequest | undefined): number {
  return Date.parse(request?.headers["Date"] ?? "");
}

describe("client.get", () => {
  test("sends one signed GET with the canonical query, and gives the content of the envelope", async () => {
    const { get, requests, clock, freshness } = scriptedClient([ok({ count: 2n ** 60n })]);
    expect(await get()).toEqual({ response: { count: 2n ** 60n }, fetchedAtMs: clock.nowMs() });
    expect(requests).toHaveLength(1);
    const [request] = requests;
    expect(request?.url).toBe(`https://${API_HOSTNAME}${PATH}?${canonicalParams([["limit", "1"]])}`);
    expect(request?.method).toBe("GET");
    expect(isSignedWith(request as HttpRequest, SECRET_KEY)).toBe(true);
    expect(freshness).toEqual([false]);
  });

  test("signs each try with the time of the try", async () => {
    const { get, requests, clock } = scriptedClient([fail(50000), fail(50000), ok()]);
    await get();
    const dates = requests.map(dateOf);
    expect(dates).toEqual(dates.toSorted((a, b) => a - b));
    expect(new Set(dates).size).toBe(3);
    expect(dates.at(-1)).toBe(Math.floor(clock.nowMs() / 1000) * 1000);
  });

  test("gets over what passes by itself, with growing waits that it announces", async () => {
    const waits: number[] = [];
    const { get } = scriptedClient(
      [fail(50000), new Error("reset"), reply(200, "<html>"), fail(50000), ok()],
      {
        observer: { onWait: (_path, delayMs) => waits.push(delayMs) },
      },
    );
    await get();
    expect(waits).toEqual([750, 1_500, 3_000, 6_000]);
  });

  test("tells the observer of every request, answered or not", async () => {
    const seen: [string, number][] = [];
    const { get } = scriptedClient([fail(50000), new Error("reset"), ok()], {
      observer: { onRequest: (path, status) => seen.push([path, status]) },
    });
    await get();
    expect(seen).toEqual([
      [PATH, 500],
      [PATH, 0],
      [PATH, 200],
    ]);
  });
});

describe("client.get after 40103", () => {
  test("reads the secret once more and goes on with the new one", async () => {
    const { get, requests, freshness } = scriptedClient([fail(40103), ok()], { secrets: ["old", "new"] });
    await get();
    expect(freshness).toEqual([false, true]);
    expect(requests.map((request) => isSignedWith(request, "old"))).toEqual([true, false]);
    expect(isSignedWith(requests[1] as HttpRequest, "new")).toBe(true);
  });

  test("does not read it a third time, whatever comes after", async () => {
    const { get, freshness } = scriptedClient([fail(40103), fail(50000), fail(40103)], {
      secrets: ["old", "new"],
    });
    await expect(get()).rejects.toMatchObject({ code: "duo_signature_invalid" });
    expect(freshness.filter((fresh) => fresh)).toHaveLength(1);
  });

  test("gives up where the secret is still wrong", async () => {
    const { get, requests } = scriptedClient([fail(40103)]);
    await expect(get()).rejects.toMatchObject({ code: "duo_signature_invalid", retryable: false });
    expect(requests).toHaveLength(2);
  });
});

describe("client.get after 40105", () => {
  const HOURS_3 = 3 * 3_600_000;

  test("asks Duo for the time and signs with it from then on", async () => {
    const skews: number[] = [];
    const { get, client, requests, clock, pingCount } = scriptedClient([fail(40105), ok()], {
      serverMs: (nowMs) => nowMs - HOURS_3,
      observer: { onSkew: (skewMs) => skews.push(skewMs) },
    });
    await get();
    expect(skews).toEqual([HOURS_3]);
    expect(dateOf(requests[0]) - dateOf(requests[1])).toBeCloseTo(HOURS_3, -4);
    expect(client.serverClock.nowMs()).toBe(clock.nowMs() - HOURS_3);
    await get();
    expect(pingCount()).toBe(1);
    expect(dateOf(requests[2])).toBeLessThan(clock.nowMs() - HOURS_3 + 1_000);
  });

  test("gives up where this clock is right, and says so", async () => {
    const { get, requests } = scriptedClient([fail(40105)]);
    await expect(get()).rejects.toMatchObject({
      code: "duo_clock_skew",
      message: expect.stringContaining("measured: this clock is in step with Duo's"),
    });
    expect(requests).toHaveLength(1);
  });

  test("gives up where the correction does not help, and says how wrong the clock is", async () => {
    const { get, requests } = scriptedClient([fail(40105)], { serverMs: (nowMs) => nowMs + 312_000 });
    await expect(get()).rejects.toMatchObject({
      code: "duo_clock_skew",
      retryable: true,
      message: expect.stringContaining("measured: this clock is 312 s behind Duo's"),
    });
    expect(requests).toHaveLength(2);
  });

  test("gives up where Duo does not say the time", async () => {
    const { get, requests } = scriptedClient([fail(40105)], { serverMs: () => undefined });
    await expect(get()).rejects.toMatchObject({ code: "duo_clock_skew" });
    expect(requests).toHaveLength(1);
  });

  test("follows a clock that is mended later", async () => {
    let isWrong = true;
    const { get, client } = scriptedClient([fail(40105), ok(), fail(40105), ok()], {
      serverMs: (nowMs) => (isWrong ? nowMs - HOURS_3 : nowMs),
    });
    await get();
    isWrong = false;
    await get();
    expect(Math.abs(client.serverClock.skewMs())).toBeLessThan(1_000);
  });
});

describe("client.get after 429", () => {
  const limited = (headers: Record<string, string> = {}): ReturnType<typeof reply> =>
    reply(429, { stat: "FAIL", code: 42901, message: "Too Many Requests" }, headers);

  async function waitAfter(
    headers: Record<string, string>,
    clock = scriptedClient([]).clock,
  ): Promise<number> {
    const { get, requests } = scriptedClient([limited(headers), ok()], { clock });
    await get();
    return dateOf(requests[1]) - dateOf(requests[0]);
  }

  test("waits for the hold where Duo does not say how long", async () => {
    expect(await waitAfter({})).toBe(60_000);
  });

  test("waits for as long as Retry-After says, shorter or longer than the hold", async () => {
    expect(await waitAfter({ "retry-after": "7" })).toBe(7_000);
    expect(await waitAfter({ "retry-after": " 200 " })).toBe(200_000);
  });

  test("reads a Retry-After that is a date, by the clock of the server", async () => {
    const { clock } = scriptedClient([]);
    const at = (ms: number): string => new Date(clock.nowMs() + ms).toUTCString();
    expect(await waitAfter({ "retry-after": at(90_000) }, clock)).toBe(90_000);
    const hour = 3_600_000;
    expect(await waitAfter({ "retry-after": at(hour + 90_000), date: at(hour) }, clock)).toBe(90_000);
  });

  test.each(["soon", "-5", "1.5", "1e3", "99999999999999999999", "Sat, 13 Sep 275760 00:00:00 GMT", ""])(
    "takes the hold for Retry-After %j",
    async (text) => {
      expect(await waitAfter({ "retry-after": text })).toBe(60_000);
    },
  );

  test("announces the wait and tries no more than three times", async () => {
    const waits: number[] = [];
    const { get, requests } = scriptedClient([limited()], {
      observer: { onWait: (_path, delayMs) => waits.push(delayMs) },
    });
    await expect(get()).rejects.toMatchObject({ code: "duo_rate_limited" });
    expect(requests).toHaveLength(3);
    expect(waits).toEqual([60_000, 120_000]);
  });

  test("does not wait for hours: the stream fails now, and nothing is sent while the hold lasts", async () => {
    const { get, requests } = scriptedClient([limited({ "retry-after": "7200" }), ok()]);
    await expect(get()).rejects.toMatchObject({
      code: "duo_rate_limited",
      retryable: true,
      message: expect.stringContaining("the next one goes out after"),
    });
    await expect(get()).rejects.toMatchObject({ code: "duo_rate_limited" });
    expect(requests).toHaveLength(1);
  });
});

describe("client.get and a stop", () => {
  test("sends nothing when stopped before", async () => {
    const { get, requests } = scriptedClient([ok()]);
    await expect(get(AbortSignal.abort())).rejects.toMatchObject({ code: "stopped" });
    expect(requests).toEqual([]);
  });

  test("ends at once while the request is under way", async () => {
    const stop = new AbortController();
    const { get, requests } = scriptedClient([
      () => {
        stop.abort();
        throw new DOMException("This operation was aborted", "AbortError");
      },
    ]);
    await expect(get(stop.signal)).rejects.toMatchObject({ code: "stopped" });
    expect(requests).toHaveLength(1);
    expect(requests[0]?.signal).toBe(stop.signal);
  });

  test("ends at once in the pause between two tries", async () => {
    const clock = createFakeClock();
    const stop = new AbortController();
    const { get, requests } = scriptedClient([fail(50000)], { clock });
    const ended = get(stop.signal).catch((error: unknown) => error);
    await clock.advance(0);
    expect(clock.sleeperCount()).toBe(1);
    stop.abort();
    expect(await ended).toMatchObject({ code: "stopped" });
    expect(requests).toHaveLength(1);
  });
});

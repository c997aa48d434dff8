import { describe, expect, test } from "vitest";
import type { EndpointLimits, LearnedLimit } from "../../src/duo/endpoint-limits.ts";
import { decodeBackfillState, encodeBackfillState } from "../../src/pipeline/backfill-state.ts";
import { limitToRemember, recallLimit } from "../../src/pipeline/remember-limit.ts";

const ENDPOINT = "/admin/v2/logs/authentication";
const NOW_MS = Date.UTC(2026, 2, 12, 15, 30);
const HOUR_MS = 3_600_000;

/** Limits that begin with one and note what they are told. */
function limitsWith(learned?: LearnedLimit): EndpointLimits & { readonly recalled: unknown[] } {
  const recalled: unknown[] = [];
  return {
    recalled,
    learned: (endpoint) => (endpoint === ENDPOINT ? learned : undefined),
    recall: (endpoint, { requestsPerMinute, atMs }) => recalled.push([endpoint, requestsPerMinute, atMs]),
  };
}

describe("recallLimit", () => {
  const asked = { endpoint: ENDPOINT, nowMs: NOW_MS };

  test.each([
    ["of a moment ago", 0],
    ["of a day ago", 24 * HOUR_MS],
    ["of a clock that was ahead", -HOUR_MS],
  ])("goes by a limit %s", (_, agoMs) => {
    const limits = limitsWith();
    const limit = { endpoint: ENDPOINT, requestsPerMinute: 50, atMs: NOW_MS - agoMs };
    recallLimit(limits, limit, asked);
    expect(limits.recalled).toEqual([[ENDPOINT, 50, limit.atMs]]);
  });

  test.each([
    ["that is not there", undefined],
    ["of more than a day ago", { endpoint: ENDPOINT, requestsPerMinute: 50, atMs: NOW_MS - 25 * HOUR_MS }],
    [
      "of a clock that was days ahead",
      { endpoint: ENDPOINT, requestsPerMinute: 50, atMs: NOW_MS + 25 * HOUR_MS },
    ],
    ["of another endpoint", { endpoint: "/admin/v2/logs/activity", requestsPerMinute: 50, atMs: NOW_MS }],
  ])("goes by no limit %s", (_, limit) => {
    const limits = limitsWith();
    recallLimit(limits, limit, asked);
    expect(limits.recalled).toEqual([]);
  });
});

test("limitToRemember names the endpoint, and nothing where nothing is known", () => {
  const limits = limitsWith({ requestsPerMinute: 50, atMs: NOW_MS });
  expect(limitToRemember(limits, ENDPOINT)).toEqual({
    endpoint: ENDPOINT,
    requestsPerMinute: 50,
    atMs: NOW_MS,
  });
  expect(limitToRemember(limits, "/admin/v2/logs/activity")).toBeUndefined();
});

describe("the limit in the backfill's property", () => {
  const state = {
    sinceMs: NOW_MS - 48 * HOUR_MS,
    done: [{ fromMs: NOW_MS - HOUR_MS, toMs: NOW_MS }],
    commit: "a",
  };
  const limit = { endpoint: ENDPOINT, requestsPerMinute: 50, atMs: NOW_MS };

  test("is read as it was written", () => {
    expect(decodeBackfillState(encodeBackfillState({ ...state, limit }), "duo_auth")).toEqual({
      ...state,
      limit,
    });
    expect(encodeBackfillState(state)).not.toContain("limit");
  });

  test.each([
    ["requests_per_minute", 0],
    ["requests_per_minute", 2.5],
    ["requests_per_minute", "50"],
    ["at", "yesterday"],
    ["endpoint", null],
  ])("is found out again where its %s is %s, and the backfill goes on", (key, value) => {
    const written = JSON.parse(encodeBackfillState({ ...state, limit })) as { readonly limit: object };
    const text = JSON.stringify({ ...written, limit: { ...written.limit, [key]: value } });
    expect(decodeBackfillState(text, "duo_auth")).toEqual({ ...state, limit: undefined });
  });
});

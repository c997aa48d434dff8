import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FAULT_KINDS, type FaultRule } from "../../simulator/faults.ts";
import type { SimulatorOptions } from "../../simulator/options.ts";
import type { App } from "../../src/app.ts";
import { createHttp } from "../../src/core/http.ts";
import { LOG_TABLES } from "../../src/duo/tables/index.ts";
import type { TableResult } from "../../src/pipeline/pull-result.ts";
import { pullAll } from "../../src/pull-all.ts";
import { canonical } from "../support/canonical.ts";
import { endsStream, FAULT_CASES, isApplicable, isKnownLimit, isPageFault } from "../support/fault-cases.ts";
import { type Feed, FEEDS } from "../support/feeds.ts";
import {
  compare,
  type Difference,
  type Harness,
  NO_DIFFERENCE,
  startHarness,
} from "../support/pull-harness.ts";

// Early in a working day of the simulated company, and quick to read again.
const NOW_MS = Date.UTC(2026, 2, 12, 7, 0, 20);
const LOOK_BACK_MS = 900_000;
/** Pages of a cursor log are cut to so many rows, so that little data has several pages. */
const PAGE_ROW_COUNT = 12;
/** A v1 log is followed only behind pages of 500 rows and more. */
const LIST_PAGE_ROW_COUNT = 600;

test("the faults tried are all that the simulator has, and the streams all that a table can be fed by", () => {
  expect([...new Set(FAULT_CASES.map(({ kind }) => kind))].toSorted()).toEqual(FAULT_KINDS.toSorted());
  const streams = LOG_TABLES.flatMap((table) => table.streams.map(({ path }) => `${table.name} ${path}`));
  expect(FEEDS.length).toBe(streams.length);
});

describe.each(FEEDS)("$name", (feed) => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig(feed);
  });
  afterAll(() => rig.harness[Symbol.asyncDispose]());

  const cases = FAULT_CASES.filter((rule) => isApplicable(rule, feed)).map((rule) => ({
    rule,
    name: JSON.stringify(rule),
  }));

  test.each(cases)("$name once, and then all through a pull, loses and repeats nothing", async ({ rule }) => {
    await rig.next();
    // The second page where there is one, so that what came before the fault counts too.
    const skip = feed.paging === "cursor" && rule.kind !== "repeated_cursor" ? 1 : 0;
    await rig.pullUnder({ ...rule, skip });
    if (!isKnownLimit(rule, feed) && !endsStream(rule, feed)) {
      await rig.next();
      await rig.pullUnder({ ...rule, ...staying(rule) });
    }
    await rig.recover();
    expect(await rig.difference()).toEqual(rig.allowed(rule));
  });

  test("faults that it has no room for change nothing", async () => {
    await rig.next();
    const others = FAULT_CASES.filter(
      (rule) => !["late_rows", "short_page"].includes(rule.kind) && !isApplicable(rule, feed),
    );
    rig.harness.simulator.faults.add(...others.map((rule) => ({ ...rule, target: feed.target })));
    const result = await rig.pull();
    expect(result?.error).toBeUndefined();
    expect(rig.harness.simulator.faults.list()).toHaveLength(others.length);
    await rig.recover();
    expect(await rig.difference()).toEqual(NO_DIFFERENCE);
  });
});

test.each([
  { adminStream: "auto", tables: ["auth", "telephony", "activity", "trust_monitor"] },
  { adminStream: "activity", tables: ["admin", "offline_enrollment"] },
] as const)("a cursor on an empty page ends the pull of $tables", async ({ adminStream, tables }) => {
  await using harness = await startHarness({
    tables,
    simulator: { days: 0, ...ratesOf(0) },
    source: { adminStream },
  });
  harness.simulator.faults.add({ kind: "cursor_on_empty_page", times: 0 });
  for (const { error, fetched } of await harness.pull()) expect([error, fetched]).toEqual([undefined, 0]);
  const requests = harness.simulator.ledger.requests();
  expect(requests.map(({ fault }) => fault)).toEqual(tables.map(() => "cursor_on_empty_page"));
});

test("a stream that fails keeps its cursor and does not stop the others", async () => {
  await using harness = await startHarness({ tables: ["auth", "admin", "telephony"] });
  for (const target of ["administrator_v1", "activity_v2"]) {
    harness.simulator.faults.add({ kind: "error_code", code: 40301, target, times: 0 });
  }
  const results = await harness.pull();
  const failed = results.find(({ table }) => table === "admin");
  expect(failed?.error).toMatchObject({ code: "duo_forbidden" });
  expect(failed?.error?.message).toContain("Grant read log");
  for (const table of ["auth", "telephony"] as const) {
    expect(results.find((result) => result.table === table)?.error).toBeUndefined();
    expect(await harness.difference(table)).toEqual(NO_DIFFERENCE);
  }
  const { lake } = await harness.start();
  const cursor = JSON.parse((await lake.load("duo_admin"))?.properties["duolake.cursor"] ?? "{}") as Record<
    string,
    string
  >;
  expect(cursor["watermark"]).toBe(cursor["start"]);
});

test("a 429 is waited out: nothing is sent before Retry-After", async () => {
  await using harness = await startHarness({ tables: ["auth"] });
  harness.simulator.faults.add({ kind: "rate_limited", retryAfterSeconds: 90, target: "authentication_v2" });
  const [result] = await harness.pull();
  expect(result?.error).toBeUndefined();
  const [limited, next] = harness.simulator.ledger
    .requests()
    .filter(({ stream }) => stream === "authentication_v2");
  expect((next?.atMs ?? 0) - (limited?.atMs ?? 0)).toBeGreaterThanOrEqual(90_000);
});

test("an account that always answers 429 fails the stream within bounds", async () => {
  await using harness = await startHarness({ tables: ["auth"] });
  harness.simulator.faults.add({ kind: "rate_limited", times: 0 });
  const [result] = await harness.pull();
  expect(result?.error).toMatchObject({ code: "duo_rate_limited" });
  expect(harness.simulator.ledger.requests().length).toBeLessThanOrEqual(3);
});

/** One stream with a running program, whose table grows from case to case. */
interface Rig {
  readonly harness: Harness;
  /** Lets time pass, so that there is something new. */
  readonly next: () => Promise<void>;
  readonly pull: () => Promise<TableResult | undefined>;
  /** Pulls under the fault, which must hit a request. */
  readonly pullUnder: (rule: FaultRule) => Promise<void>;
  /** Pulls once more without any fault, which must succeed. */
  readonly recover: () => Promise<void>;
  /** Of what the case brought, or read again. */
  readonly difference: () => Promise<Difference>;
  /** Only what docs/spec/pull.md allows for: a v1 row that Duo repeats in a page is kept twice. */
  readonly allowed: (rule: FaultRule) => unknown;
}

async function startRig(feed: Feed): Promise<Rig> {
  const rate = feed.name === "administrator_v1" ? 40_000 : 1_500;
  const transport = createHttp({ answerTimeoutMs: 150 });
  const harness = await startHarness({
    tables: [feed.table],
    simulator: {
      nowMs: NOW_MS,
      days: 1,
      listRowCountMax: LIST_PAGE_ROW_COUNT,
      ...ratesOf(rate),
      ...(feed.retired && { retired: feed.retired }),
    },
    pull: { lookBackMs: LOOK_BACK_MS, holdAfter429Ms: 10_000 },
    batchRowCountMax: 700,
    firstWindowMs: 900_000,
    http: transport.http,
    ...(feed.source && { source: feed.source }),
  });
  const { simulator } = harness;
  const app: App = await harness.start();
  const values: string[] = [];
  let isRecovered = true;
  const pull: Rig["pull"] = async () => (await pullAll(app, { sources: app.sources, wants: () => true }))[0];
  const rig: Rig = {
    harness,
    pull,
    next: async () => {
      simulator.clock.advance(300_000);
      // A value that no pull got to see before the next one came is nobody's loss.
      if (feed.paging !== "gauge" || !isRecovered) return;
      isRecovered = false;
      const value = {
        admin_count: values.length,
        integration_count: 9,
        telephony_credits_remaining: 5,
        user_count: 7,
      };
      simulator.inject("summary", [value]);
      values.push(canonical(value));
    },
    pullUnder: async (rule) => {
      simulator.ledger.clearRequests();
      const page: FaultRule = { kind: "short_page", rows: PAGE_ROW_COUNT, times: 0, target: feed.target };
      simulator.faults.add({ ...sized(rule, feed), target: feed.target });
      if (feed.paging === "cursor" || feed.paging === "offset") simulator.faults.add(page);
      await pull();
      const hit = simulator.ledger.requests().filter(({ fault }) => fault === rule.kind);
      if (rule.kind !== "late_rows" && rule.probability === undefined)
        expect(hit.length, "requests that the fault hit").toBeGreaterThan(0);
      simulator.faults.clear();
    },
    recover: async () => {
      simulator.faults.clear();
      simulator.clock.advance(120_000);
      expect((await pull())?.error).toBeUndefined();
      isRecovered = true;
    },
    difference: async () => {
      const { table } = feed;
      const sinceMs = Math.floor((harness.clock.nowMs() - 2 * LOOK_BACK_MS) / 1000) * 1000;
      if (table !== "summary") return harness.difference(table, undefined, sinceMs);
      return compare(values, await harness.originals(table));
    },
    allowed: (rule) =>
      rule.kind === "duplicate_rows" && isKnownLimit(rule, feed)
        ? { lost: [], repeated: [expect.any(String)] }
        : NO_DIFFERENCE,
  };
  await rig.next();
  await rig.recover();
  return rig;
}

/** All through a pull; what lasts for ever, or makes no request fail, comes twice. */
function staying(rule: FaultRule): Pick<FaultRule, "times" | "probability"> {
  if (isPageFault(rule)) return { times: 2, probability: 0.7 };
  return { times: rule.kind === "hang" ? 2 : 0 };
}

function ratesOf(rate: number): Pick<SimulatorOptions, "eventsPerDay" | "attacks"> {
  return {
    attacks: false,
    eventsPerDay: {
      authentication: rate,
      administrator: rate,
      telephony: rate,
      offlineEnrollment: rate,
      activity: rate,
      trustMonitor: rate,
    },
  };
}

/** A v1 page of less than half its size is the last one by rule; what is cut here is still more. */
function sized(rule: FaultRule, { paging }: Feed): FaultRule {
  return paging === "list" && rule.kind === "short_page" ? { ...rule, rows: 550 } : rule;
}

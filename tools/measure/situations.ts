import type { Code } from "./code.ts";
import { type Container, type Invocation, startContainer } from "./container.ts";
import type { Logins } from "./logins.ts";
import { countRequests, type Requests } from "./requests.ts";
import { type Latency, openWorld, type World } from "./world.ts";

/** One thing that happens to a deployment, measured some times. */
export interface Measured {
  readonly name: string;
  readonly invocations: readonly Invocation[];
  /** Requests of the last invocation. */
  readonly requests: Requests;
  /** From the start of the process to its first request to Duo, ms; of containers that were new. */
  readonly firstRequestMs: readonly number[];
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Within the look-back of a pull, and visible already. */
const SHOWN_MS = { from: 50 * MINUTE_MS, to: 4 * MINUTE_MS };
const SHARD_SOURCE_COUNT = 25;
const FLEET_SOURCE_COUNT = 5_000;
const FIRST_DAY_EVENT_COUNT = 20_000;
const MANY_EVENT_COUNT = 1_000;
const FEW_EVENT_COUNT = 20;

export interface MeasureOptions {
  readonly code: Code;
  readonly logins: Logins;
  readonly latency: Latency;
  /** Invocations of each kind, 1 or more. */
  readonly runCount: number;
}

/** Measures what happens to one log source: its first day, then ticks with and without news. */
export async function measureSource({
  code,
  logins,
  latency,
  runCount,
}: MeasureOptions): Promise<Measured[]> {
  await using world = await openWorld(1, latency);
  const stage = startStage({ code, world }, logins);
  stage.happen(FIRST_DAY_EVENT_COUNT, { from: DAY_MS - 10 * MINUTE_MS, to: SHOWN_MS.to });
  const first = await stage.cold("first pull: 20,000 logins of a day", 1);
  const cold = await stage.cold("nothing new, new container", runCount);
  await using container = startContainer({ code, world }, "puller");
  await stage.warmUp(container);
  const warm = await stage.warm(container, { name: "nothing new", runCount });
  const left = await stage.warm(container, { name: "left alone", runCount, isForgotten: false });
  const news = { name: "1,000 logins", runCount, eventCount: MANY_EVENT_COUNT };
  const many = await stage.warm(container, news);
  world.simulator.faults.clear();
  world.simulator.faults.add({ kind: "unavailable", times: 0 });
  const outage = await stage.warm(container, { name: "Duo answers 503 to everything", runCount: 1 });
  return [first, cold, warm, left, many, outage];
}

/** Measures a message that names 25 log sources. */
export async function measureShard({ code, logins, latency, runCount }: MeasureOptions): Promise<Measured[]> {
  await using world = await openWorld(SHARD_SOURCE_COUNT, latency);
  const stage = startStage({ code, world }, logins);
  stage.happen(FEW_EVENT_COUNT);
  await stage.cold("25 log sources: their first pull", 1);
  const cold = await stage.cold("25 log sources, nothing new, new container", Math.min(runCount, 3));
  await using container = startContainer({ code, world }, "puller");
  await stage.warmUp(container);
  const warm = await stage.warm(container, { name: "25 log sources, nothing new", runCount });
  const left = await stage.warm(container, {
    name: "25 log sources, left alone",
    runCount,
    isForgotten: false,
  });
  const few = { name: "25 log sources, 20 logins each", runCount, eventCount: FEW_EVENT_COUNT };
  const news = await stage.warm(container, few);
  const maintained = await stage.maintain("maintenance of 50 tables");
  return [cold, warm, left, news, maintained];
}

/** Measures a new container of a deployment with thousands of log sources, of which a message names 25. */
export async function measureFleet({ code, logins, latency, runCount }: MeasureOptions): Promise<Measured[]> {
  await using world = await openWorld(FLEET_SOURCE_COUNT, latency);
  const stage = startStage({ code, world }, logins);
  await stage.cold("25 of 5,000 log sources: their first pull", 1);
  return [await stage.cold("25 of 5,000 log sources, new container", Math.min(runCount, 3))];
}

interface WarmOptions {
  readonly name: string;
  readonly runCount: number;
  /** Logins before each run. */
  readonly eventCount?: number;
  /** False: the log sources were visited a moment ago. */
  readonly isForgotten?: boolean;
}

function startStage({ code, world }: { readonly code: Code; readonly world: World }, logins: Logins) {
  const { simulator, s3 } = world;
  const sources = world.sources.slice(0, SHARD_SOURCE_COUNT);
  const message = (): object => {
    const body = JSON.stringify({ sources, time: new Date().toISOString() });
    return { Records: [{ messageId: "m", receiptHandle: "r", body }] };
  };
  const forget = (): void => {
    // A status that says nothing, as before the first visit.
    for (const source of sources) s3.buckets.set("lake", `status/${source}.json`, "{}");
  };
  const invoke = async (container: Container): Promise<Invocation> => {
    const invocation = await container.invoke(message());
    const { batchItemFailures } = invocation.answer as { readonly batchItemFailures: readonly object[] };
    if (batchItemFailures.length > 0)
      throw new Error(`Cannot measure: the message was not done, got ${container.log()}`);
    return invocation;
  };
  const happen = (count: number, { from, to } = SHOWN_MS): void => {
    const nowMs = Date.now();
    simulator.inject("authentication_v2", logins(count, { fromMs: nowMs - from, toMs: nowMs - to }));
  };
  return {
    happen,
    /** Lets a new container open everything; without forgetting it would leave the log sources alone. */
    warmUp: async (container: Container): Promise<void> => {
      forget();
      await invoke(container);
    },
    cold: async (name: string, runCount: number): Promise<Measured> => {
      const invocations: Invocation[] = [];
      const firstRequestMs: number[] = [];
      let requests: Requests | undefined;
      for (let run = 0; run < runCount; run += 1) {
        forget();
        await using container = startContainer({ code, world }, "puller");
        const counted = countRequests(world);
        invocations.push(await invoke(container));
        requests = counted();
        firstRequestMs.push((requests.firstDuoAtMs ?? NaN) - container.startedAtMs);
      }
      return { name, invocations, requests: requests as Requests, firstRequestMs };
    },
    warm: async (container: Container, options: WarmOptions): Promise<Measured> => {
      const { name, runCount, eventCount, isForgotten } = options;
      const invocations: Invocation[] = [];
      let requests: Requests | undefined;
      for (let run = 0; run < runCount; run += 1) {
        if (isForgotten !== false) forget();
        if (eventCount !== undefined) happen(eventCount);
        const counted = countRequests(world);
        invocations.push(await invoke(container));
        requests = counted();
      }
      return { name, invocations, requests: requests as Requests, firstRequestMs: [] };
    },
    maintain: async (name: string): Promise<Measured> => {
      await using container = startContainer({ code, world }, "maintainer");
      const counted = countRequests(world);
      const invocation = await container.invoke({});
      return { name, invocations: [invocation], requests: counted(), firstRequestMs: [] };
    },
  };
}

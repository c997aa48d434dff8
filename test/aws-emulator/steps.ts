import { randomUUID } from "node:crypto";
import type { RawEvent } from "../../simulator/streams.ts";
import { systemClock } from "../../src/core/clock.ts";
import type { EventTable } from "../support/pull-harness.ts";
import { removeObject } from "./emulator.ts";
import { type Invoked, invoke, type InvokeOptions, sqsEvent } from "./invoke.ts";
import type { Stage } from "./stage.ts";

// What the checks do again and again.

/** Within the look-back, and visible. */
const SHOWN_FROM_MS = 50 * 60_000;
const SHOWN_TO_MS = 4 * 60_000;
/** The emulator looks for due rules every ten seconds. */
const TICK_MS_MAX = 300_000;
const LOOK_MS = 1_000;

/** Runs the puller once. What a log source was visited for is forgotten before: it only saves work. */
export async function tick(stage: Stage, options: InvokeOptions = {}): Promise<Invoked> {
  await removeObject(stage, "status/duo.json");
  const time = new Date().toISOString();
  const invoked = await invoke(stage, "puller", sqsEvent({ sources: ["duo"], time }), options);
  last = invoked;
  return invoked;
}

/** What the puller did last, for the words of a failure. */
let last: Invoked | undefined;

/** Lets the present come to Duo, with so many logins of the last hour that it shows only now, and some changes by administrators. */
export function happen({ harness }: Stage, count: number): void {
  const { clock, inject } = harness.simulator;
  clock.setNow(Date.now());
  const fromMs = clock.nowMs() - SHOWN_FROM_MS;
  const stepMs = (SHOWN_FROM_MS - SHOWN_TO_MS) / count;
  const timesMs = Array.from({ length: count }, (_, i) => Math.floor(fromMs + i * stepMs));
  const login = (ms: number): RawEvent => ({
    txid: randomUUID(),
    timestamp: Math.floor(ms / 1000),
    isotimestamp: `${new Date(ms).toISOString().slice(0, -1)}000+00:00`,
    event_type: "authentication",
    result: ms % 3 === 0 ? "denied" : "success",
    user: { key: "DUTESTUSER0000000001", name: `user ${ms % 50}` },
  });
  const change = (ms: number): RawEvent => ({
    action: "user_update",
    description: JSON.stringify({ realname: `name ${ms}` }),
    object: `user ${ms % 50}`,
    timestamp: Math.floor(ms / 1000),
    isotimestamp: `${new Date(ms).toISOString().slice(0, -5)}+00:00`,
    username: "admin",
  });
  inject("authentication_v2", timesMs.map(login));
  inject("administrator_v1", timesMs.filter((_, i) => i % 20 === 0).map(change));
}

/** Resolves a while after the simulator has answered so many requests more. */
export async function servedThen({ harness }: Stage, requestCount: number, delayMs: number): Promise<void> {
  const { ledger } = harness.simulator;
  const wanted = ledger.requests().length + requestCount;
  while (ledger.requests().length < wanted) await systemClock.sleep(5);
  await systemClock.sleep(delayMs);
}

/** The lake must hold what Duo has, each event once. */
export async function complete({ harness }: Stage, tables: readonly EventTable[]): Promise<string> {
  let rowCount = 0;
  for (const table of tables) {
    const { lost, repeated } = await harness.difference(table);
    if (lost.length + repeated.length > 0)
      throw new Error(
        `${table}: ${lost.length} lost, ${repeated.length} repeated; ${last?.log.slice(-1_500) ?? ""}`,
      );
    rowCount += (await harness.originals(table)).length;
  }
  return `${rowCount} events, 0 lost, 0 repeated`;
}

export async function until(what: string, look: () => Promise<boolean | undefined>): Promise<void> {
  const endMs = systemClock.nowMs() + TICK_MS_MAX;
  while ((await look()) !== true) {
    if (systemClock.nowMs() > endMs) throw new Error(`Cannot go on: it did not happen that ${what}`);
    await systemClock.sleep(LOOK_MS);
  }
}

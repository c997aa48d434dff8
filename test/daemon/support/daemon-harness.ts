import { setImmediate as turn } from "node:timers/promises";
import type { FaultRule } from "../../../simulator/faults.ts";
import { type App, type AppObserver, createApp } from "../../../src/app.ts";
import { type Clock, stopped, throwIfStopped } from "../../../src/core/clock.ts";
import type { BackgroundEvent } from "../../../src/daemon/background.ts";
import { runDaemon } from "../../../src/daemon/daemon.ts";
import type { TableResult } from "../../../src/pipeline/pull-result.ts";
import { type Harness, type HarnessOptions, startHarness } from "../../support/pull-harness.ts";

/** Sleeps shorter than this are pauses between requests and are over at once; the others are the daemon's. */
const SHORT_MS = 45_000;

/** A daemon beside a simulator; time passes only where a test says so. */
export interface DaemonHarness extends AsyncDisposable {
  readonly harness: Harness;
  readonly app: App;
  /** The results so far, by table. */
  readonly results: ReadonlyMap<string, readonly TableResult[]>;
  /** What went on behind the pulls so far. */
  readonly events: readonly BackgroundEvent[];
  /** Resolves as soon as the condition holds; ends with the test's time where it never does. */
  readonly until: (holds: () => boolean) => Promise<void>;
  /** Resolves when every table waits for its next pull; of a provider, those of every account that was pulled before. */
  readonly settled: () => Promise<void>;
  /** Lets time pass, waking those that waited for it, and resolves when every table waits again. */
  readonly advance: (ms: number) => Promise<void>;
  /** Sets the clock without time passing. */
  readonly shift: (ms: number) => void;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

export interface DaemonHarnessOptions extends HarnessOptions {
  readonly intervalMs?: number;
  readonly observer?: AppObserver;
  /** Faults that wait for the first request. */
  readonly faults?: readonly FaultRule[];
  /** Leaves the secret out of the environment. */
  readonly withoutSecret?: boolean;
  readonly stop?: AbortController;
}

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

export async function startDaemon(options: DaemonHarnessOptions = {}): Promise<DaemonHarness> {
  const { stop = new AbortController(), intervalMs = 300_000 } = options;
  const harness = await startHarness(options);
  const { simulator, config } = harness;
  simulator.faults.add(...(options.faults ?? []));
  let sleepers: Sleeper[] = [];
  let elapsedMs = 0;
  const clock: Clock = {
    nowMs: simulator.clock.nowMs,
    sleep: (delayMs, signal) =>
      new Promise((resolve, reject) => {
        throwIfStopped(signal);
        if (delayMs < SHORT_MS) {
          simulator.clock.advance(delayMs);
          resolve();
          return;
        }
        const onAbort = (): void => {
          sleepers = sleepers.filter((one) => one !== sleeper);
          reject(stopped());
        };
        const wake = (): void => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        };
        const sleeper = { atMs: elapsedMs + delayMs, wake };
        sleepers.push(sleeper);
        signal?.addEventListener("abort", onAbort, { once: true });
      }),
  };
  const app = await createApp({
    config,
    clock,
    env: {
      DUOLAKE_DUO_ENDPOINT_URL: simulator.url,
      DUOLAKE_SECRET_KEY_DUO: options.withoutSecret === true ? undefined : simulator.secretKey(),
    },
    ...(options.observer && { observer: options.observer }),
    ...(options.batchRowCountMax !== undefined && { batchRowCountMax: options.batchRowCountMax }),
  });
  const results = new Map<string, TableResult[]>();
  const events: BackgroundEvent[] = [];
  const ended = runDaemon(app, {
    intervalMs,
    signal: stop.signal,
    onResult: (result) => {
      const { table } = result;
      results.set(table, [...(results.get(table) ?? []), result]);
    },
    onBackground: (event) => events.push(event),
  });
  const tableCount = config.logSources.flatMap(({ tables }) => tables).length;
  /** The loops that sleep between pulls: of each table, of each account that was pulled, and of the list of accounts. */
  const loopCount = (): number => {
    if (options.source?.accounts === undefined) return tableCount;
    const accounts = new Set([...results.values()].flat().map(({ account }) => account));
    accounts.delete(undefined);
    return 1 + tableCount * accounts.size;
  };
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await turn();
  };
  const settled = (): Promise<void> => until(() => sleepers.length >= loopCount());
  return {
    harness,
    app,
    results,
    events,
    until,
    settled,
    stop,
    ended,
    shift: simulator.clock.advance,
    advance: async (ms) => {
      simulator.clock.advance(ms);
      elapsedMs += ms;
      const due = sleepers.filter(({ atMs }) => atMs <= elapsedMs);
      sleepers = sleepers.filter((one) => !due.includes(one));
      for (const { wake } of due) wake();
      await settled();
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await ended;
      await app[Symbol.asyncDispose]();
      await harness[Symbol.asyncDispose]();
    },
  };
}

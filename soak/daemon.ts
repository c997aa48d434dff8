import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import type { AppObserver } from "../src/app.ts";
import { createApp } from "../src/app.ts";
import { loadDirectory } from "../src/cli/load-context.ts";
import { createHttp } from "../src/core/http.ts";
import { type DaemonOptions, runDaemon } from "../src/daemon/daemon.ts";
import { keptTables, maintainAll, type MaintainedTable } from "../src/maintain-all.ts";
import { localStore } from "../src/lake/store/local.ts";
import { createMortal, type Mortal } from "./mortal.ts";
import { watchApp } from "./under-way.ts";
import type { VirtualClock } from "./virtual-clock.ts";

export interface SoakDaemonOptions extends Pick<DaemonOptions, "intervalMs" | "onResult" | "onBackground"> {
  readonly dir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: VirtualClock;
  readonly observer: AppObserver;
}

/** The real daemon in this process, with a disk and a network that can die. */
export interface SoakDaemon extends Pick<Mortal, "dieAt" | "isDead"> {
  /** Resolves when every loop sleeps and no pull, re-read or backfill is at work, or nothing has moved for a while. */
  readonly settled: () => Promise<void>;
  /** Maintains every table, as the daemon does once a day. Never throws; gives what failed. */
  readonly maintain: () => Promise<readonly MaintainedTable[]>;
  /** Real time of every pull that brought rows, ms, in order. */
  readonly pullMs: readonly number[];
  /** Asks it to stop and waits for its end; a dead one is only buried. */
  readonly end: () => Promise<void>;
}

/** Work that waits for somebody else's hold looks busy; after so much real time without a sign it counts as asleep. */
const STALL_MS = 80;
/** Where nobody holds anybody up, only work that no sign is seen of takes so long, such as a large Parquet file. */
const WORK_MS_MAX = 30_000;

/** Starts a daemon with nothing in memory. */
export async function startSoakDaemon(options: SoakDaemonOptions): Promise<SoakDaemon> {
  const { dir, env, clock, observer } = options;
  const network = createHttp();
  const mortal = createMortal(localStore(), network.http);
  const { store, http } = mortal;
  const app = await createApp({
    config: await loadDirectory(dir),
    clock: clock.inside,
    env,
    observer,
    store,
    http,
  });
  const watched = watchApp(app);
  const stop = new AbortController();
  const ended = runDaemon(
    { ...watched.app, clock: clock.between },
    {
      intervalMs: options.intervalMs,
      // What a dead program says is heard by nobody.
      onResult: (result, durationMs) => {
        if (!mortal.isDead()) options.onResult(result, durationMs);
      },
      onBackground: (event) => {
        if (!mortal.isDead()) options.onBackground?.(event);
      },
      signal: stop.signal,
    },
  );
  const isQuiet = (): boolean =>
    clock.betweenCount() >= watched.loopCount() && watched.busyCount() <= clock.insideCount();
  return {
    dieAt: mortal.dieAt,
    isDead: mortal.isDead,
    pullMs: watched.pullMs,
    maintain: async () => {
      const tables = app.sources.flatMap(keptTables);
      const results = await maintainAll(app, tables, {});
      return results.filter(({ error }) => error !== undefined);
    },
    settled: async () => {
      let activity = -1;
      let movedMs = performance.now();
      for (let turns = 0; ; turns += 1) {
        await (turns < 20 ? turn() : wait(1));
        if (isQuiet()) return;
        if (mortal.activity() !== activity) {
          activity = mortal.activity();
          movedMs = performance.now();
        } else if (performance.now() - movedMs > (clock.insideCount() > 0 ? STALL_MS : WORK_MS_MAX)) return;
      }
    },
    end: async () => {
      stop.abort();
      await ended;
      await app[Symbol.asyncDispose]();
      await network.close();
    },
  };
}

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, createApp } from "../src/app.ts";
import type { Clock } from "../src/core/clock.ts";
import type { Http } from "../src/core/http.ts";
import { LOG_TABLES } from "../src/duo/tables/index.ts";
import { RECORDED_DAYS, RECORDED_UNTIL_MS } from "./recorded-pages.ts";

const EMPTY = JSON.stringify({
  stat: "OK",
  response: { authlogs: [], metadata: { next_offset: null, total_objects: 0 } },
});

/** A clock that stands still and never makes anybody wait. */
const stillClock = (nowMs: number): Clock => ({ nowMs: () => nowMs, sleep: () => Promise.resolve() });

/** Hands out the recorded pages one after the other, then an empty one. */
export function replay(pages: Iterator<string>): Http {
  return async () => {
    const next = pages.next();
    return { status: 200, headers: {}, body: next.done === true ? EMPTY : next.value };
  };
}

/** Puts the program together on a new folder, with recorded pages in the place of Duo. */
export async function benchApp(
  http: Http,
  tables: readonly string[] = ["auth"],
): Promise<{ app: App; dir: string }> {
  const dir = await mkdtemp(join(tmpdir(), "duolake-bench-"));
  const app = await createApp({
    config: {
      dir,
      lake: { warehouse: join(dir, "lake"), database: "matano", catalog: { type: "folder" } },
      secrets: { store: "local" },
      pull: { intervalMs: 300_000, lookBackMs: 3_600_000, backfillMs: 0, holdAfter429Ms: 60_000 },
      logSources: [
        {
          name: "duo",
          apiHostname: "api-bench000.duosecurity.com",
          integrationKey: "DIBENCH0000000000001",
          adminStream: "auto",
          tables: LOG_TABLES.filter(({ name }) => tables.includes(name)).map(({ name, columns }) => ({
            name,
            resolvedName: `duo_${name}`,
            columns: columns(),
          })),
        },
      ],
      warnings: [],
    },
    clock: stillClock(RECORDED_UNTIL_MS + 120_000),
    env: { DUOLAKE_SECRET_KEY_DUO: "benchsecretkey000000000000000000000000001" },
    http,
    firstWindowMs: RECORDED_DAYS * 86_400_000,
  });
  return { app, dir };
}

/** Pulls every recorded page into a new lake. Returns how long it took from the first page's bytes to the last commit. */
export async function ingest(
  pages: readonly string[],
): Promise<{ eventCount: number; wallMs: number; cpuMs: number }> {
  const { app, dir } = await benchApp(replay(pages[Symbol.iterator]()));
  try {
    const cpu = process.cpuUsage();
    const startMs = performance.now();
    const result = await app.sources[0]?.pullers[0]?.pull();
    const wallMs = performance.now() - startMs;
    const used = process.cpuUsage(cpu);
    if (result?.error !== undefined) throw new Error(result.error.message);
    return { eventCount: result?.appended ?? 0, wallMs, cpuMs: (used.user + used.system) / 1000 };
  } finally {
    await app[Symbol.asyncDispose]();
    await rm(dir, { recursive: true, force: true });
  }
}

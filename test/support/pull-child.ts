import { createApp } from "../../src/app.ts";
import type { Config } from "../../src/config/config.ts";
import { LOG_TABLES } from "../../src/duo/tables/index.ts";
import { pullAll } from "../../src/pull-all.ts";

// Pulls without end against a simulator of another process, whose clock it moves on after each pull, and backfills a little further
// after every pull where it is told to; made to be killed and to be stopped.

const url = process.env["SIMULATOR_URL"] ?? "";
const given = JSON.parse(process.env["PULL_CONFIG"] ?? "{}") as Config;
// Columns hold functions of nothing, but are too long for an environment variable.
const config: Config = {
  ...given,
  logSources: given.logSources.map((source) => ({
    ...source,
    tables: source.tables.map((table) => ({
      ...table,
      columns: LOG_TABLES.find(({ name }) => name === table.name)?.columns() ?? [],
    })),
  })),
};

const isBackfilling = process.env["PULL_BACKFILL"] === "1";

for (let round = 1; ; round += 1) {
  const { nowMs } = (await (await fetch(`${url}/_simulator/info`)).json()) as { nowMs: number };
  const clock = { nowMs: () => nowMs, sleep: () => Promise.resolve() };
  await using app = await createApp({ config, clock, env: process.env, batchRowCountMax: 60 });
  const results = await pullAll(app, { sources: app.sources, wants: () => true });
  if (isBackfilling) {
    const pullers = (await Promise.all(app.sources.map((source) => source.accounts()))).flat();
    const sinceMs = nowMs - (24 + round * 6) * 3_600_000;
    // Another process may be first each time; that is what this one is here for.
    for (const puller of pullers.flatMap((account) => account.pullers))
      await puller.backfill({ sinceMs }).catch(() => undefined);
  }
  process.stdout.write(`${JSON.stringify(results.map(({ appended, error }) => ({ appended, error })))}\n`);
  await fetch(`${url}/_simulator/clock`, { method: "POST", body: JSON.stringify({ advanceMs: 1_800_000 }) });
}

import { createApp } from "../../src/app.ts";
import type { Config } from "../../src/config/config.ts";
import { LOG_TABLES } from "../../src/duo/tables/index.ts";
import { pullAll } from "../../src/pull-all.ts";

// Pulls without end against a simulator of another process, whose clock it moves on after each pull; made to be killed.

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

for (;;) {
  const { nowMs } = (await (await fetch(`${url}/_simulator/info`)).json()) as { nowMs: number };
  const clock = { nowMs: () => nowMs, sleep: () => Promise.resolve() };
  await using app = await createApp({ config, clock, env: process.env, batchRowCountMax: 60 });
  const results = await pullAll(app, { sources: app.sources, wants: () => true });
  process.stdout.write(`${JSON.stringify(results.map(({ appended, error }) => ({ appended, error })))}\n`);
  await fetch(`${url}/_simulator/clock`, { method: "POST", body: JSON.stringify({ advanceMs: 1_800_000 }) });
}

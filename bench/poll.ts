import { pullAll } from "../src/pull-all.ts";
import { startHarness } from "../test/support/pull-harness.ts";
import { cpuMsOf, type Measurement } from "./measurement.ts";

const RUN_COUNT = 9;

/** Polls of five tables that find nothing new; the simulator's own work is in the figure. */
export async function measurePoll(): Promise<Measurement[]> {
  await using harness = await startHarness({ simulator: { users: 500, days: 3 } });
  const app = await harness.start();
  const poll = (): Promise<unknown> => pullAll(app, { sources: app.sources, wants: () => true });
  await poll();
  const before = await harness.ask("SELECT count(*) AS n FROM duo_auth");
  const warm: number[] = [];
  for (let i = 0; i < RUN_COUNT; i += 1) warm.push(await cpuMsOf(poll));
  const cold: number[] = [];
  for (let i = 0; i < RUN_COUNT; i += 1) cold.push(await cpuMsOf(harness.pull));
  const after = await harness.ask("SELECT count(*) AS n FROM duo_auth");
  if (JSON.stringify(before) !== JSON.stringify(after))
    throw new Error("Cannot measure: an idle poll added rows");
  return [
    { name: "idle poll of five tables, running daemon, CPU", values: warm, unit: "ms", goal: { max: 250 } },
    {
      name: "idle poll of five tables, identities read anew, CPU",
      values: cold,
      unit: "ms",
      goal: { max: 250 },
    },
  ];
}

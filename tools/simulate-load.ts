import { parseArgs } from "node:util";
import { formatLoad } from "./load/format-load.ts";
import { loadCost } from "./load/load-cost.ts";
import { LOAD_HELP, loadPlan } from "./load/load-options.ts";
import { simulateLoad } from "./load/simulate-load.ts";

// Plays a deployment with many accounts on a clock of its own: `npm run simulate:load -- --help`.

const { values } = parseArgs({
  options: {
    accounts: { type: "string" },
    hours: { type: "string" },
    interval: { type: "string" },
    concurrency: { type: "string" },
    memory: { type: "string" },
    tables: { type: "string" },
    news: { type: "string" },
    seed: { type: "string" },
    outage: { type: "string" },
    kills: { type: "string" },
    failures: { type: "string" },
    "lost-ticks": { type: "string" },
    "repeated-ticks": { type: "string" },
    "late-ticks": { type: "string" },
    timings: { type: "string" },
    json: { type: "boolean" },
    help: { type: "boolean", short: "h" },
  },
});
try {
  if (values.help === true) process.stdout.write(LOAD_HELP);
  else {
    const plan = loadPlan(values);
    const report = simulateLoad(plan);
    const cost = loadCost(plan, report);
    process.stdout.write(
      values.json === true ? `${JSON.stringify({ plan, report, cost })}\n` : formatLoad(plan, report, cost),
    );
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}

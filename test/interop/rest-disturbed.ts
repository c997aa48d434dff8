import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { systemClock } from "../../src/core/clock.ts";
import { startPullChild } from "../support/pull-children.ts";
import { createRandom } from "../support/random.ts";
import type { RestFault } from "../support/rest-fault.ts";
import type { RestStage } from "./rest-stage.ts";

const HOUR_MS = 3_600_000;
/** How long after the server got a commit it is killed, ms. */
const KILL_AFTER_MS = [5, 40] as const;

/** So many requests fail at least. */
const FAULT_COUNT_MIN = 10;
const PULL_COUNT_MAX = 20;

const FAULTS: readonly RestFault[] = [
  { kind: "error", status: 500, when: "before" },
  { kind: "error", status: 500, when: "after" },
  { kind: "error", status: 503, when: "after" },
  { kind: "hang up", when: "before" },
  { kind: "hang up", when: "after" },
  { kind: "half" },
];

/** Pulls while answers are lost, and while the puller and the server are killed in the middle of commits. */
export async function disturbPulls(stage: RestStage): Promise<void> {
  const { report } = stage;
  await report.run("REST server: pulls while answers are lost", () => pulledWithFaults(stage));
  await report.run("REST server: a puller is killed in the middle of a commit", () => killedPuller(stage));
  await report.run("REST server: the server is killed in the middle of a commit", () => killedServer(stage));
}

async function pulledWithFaults(stage: RestStage): Promise<string> {
  const seed = Date.now() % 1_000_000;
  const random = createRandom(seed);
  const failed: RestFault[] = [];
  stage.proxy.setFault(({ operation }) => {
    if (operation !== "commitTable" && operation !== "loadTable") return undefined;
    if (!random.chance(1 / 4)) return undefined;
    const fault = random.pick(FAULTS);
    failed.push(fault);
    return fault;
  });
  for (let pull = 0; failed.length < FAULT_COUNT_MIN && pull < PULL_COUNT_MAX; pull += 1) {
    stage.harness.simulator.clock.advance(2 * HOUR_MS);
    await stage.harness.pull();
  }
  stage.proxy.setFault(undefined);
  if (failed.length < FAULT_COUNT_MIN) throw new Error(`only ${failed.length} requests failed, seed ${seed}`);
  const rows = await stage.pulled(HOUR_MS);
  return `${failed.length} requests failed, seed ${seed}, ${rows} more`;
}

async function killedPuller(stage: RestStage): Promise<string> {
  const { harness, proxy } = stage;
  for (const moment of ["before", "after"] as const) {
    harness.simulator.clock.advance(4 * HOUR_MS);
    const child: ChildProcess = startPullChild(harness);
    const ended = once(child, "exit");
    let commits = 0;
    proxy.setWatch((operation, when) => {
      if (operation !== "commitTable" || when !== moment) return;
      commits += 1;
      if (commits === 2) child.kill("SIGKILL");
    });
    await ended;
    proxy.setWatch(undefined);
    if (commits < 2) throw new Error("the child made no commit");
    await stage.pulled(0);
  }
  return "before and after the server had it";
}

async function killedServer(stage: RestStage): Promise<string> {
  const { harness, proxy, server } = stage;
  for (const delayMs of KILL_AFTER_MS) {
    harness.simulator.clock.advance(3 * HOUR_MS);
    let killed: Promise<void> | undefined;
    proxy.setWatch((operation, when) => {
      if (operation !== "commitTable" || when !== "before" || killed !== undefined) return;
      killed = systemClock.sleep(delayMs).then(server.kill);
    });
    await harness.pull();
    proxy.setWatch(undefined);
    if (killed === undefined) throw new Error("there was no commit");
    await killed;
    await server.restart();
    await stage.pulled(0);
  }
  return `${KILL_AFTER_MS.length} times`;
}

import { planMessages } from "../../src/aws/plan-messages.ts";
import { pullMessage } from "../../src/aws/pull-message.ts";
import { createRandom } from "../../test/support/random.ts";
import { createAccounts, type Handled } from "./accounts.ts";
import { createContainers, type LoadContainer } from "./containers.ts";
import { createFifoQueue, type Delivery } from "./fifo-queue.ts";
import type { LoadPlan } from "./load-plan.ts";
import { createLoadTally, type LoadReport } from "./load-tally.ts";
import { planTicks } from "./ticks.ts";

/** As in the template (`infra/lib/puller.ts`). */
const QUEUE = { visibilityMs: 1_440_000, retentionMs: 14_400_000, receiveCountMax: 3 };
const COME_BACK_MS = 60_000;
/** Between a message that can be had and its function: an estimate of what Lambda's pollers take. */
const STEP_MS = 100;
const HOUR_MS = 3_600_000;

/** A container at work. */
interface Run {
  readonly container: LoadContainer;
  readonly delivery: Delivery;
  readonly handled: Handled;
  readonly endMs: number;
}

/**
 * Plays a deployment on a clock of its own, in steps of a tenth of a second: ticks, the messages that the dispatcher makes of them,
 * the queue, and containers that work them off. It plays what the template and `src/aws` say; what a visit takes is given.
 *
 * The same plan gives the same report.
 */
export function simulateLoad(plan: LoadPlan): LoadReport {
  const names = Array.from({ length: plan.accountCount }, (_, index) => `account-${index}`);
  const random = createRandom(plan.seed);
  const accounts = createAccounts(plan, names, random);
  const ticksMs = planTicks(plan, random);
  const queue = createFifoQueue(QUEUE);
  const containers = createContainers();
  const tally = createLoadTally(plan);
  let runs: Run[] = [];
  let nextTick = 0;
  const send = (nowMs: number): void => {
    for (; (ticksMs[nextTick] ?? Infinity) <= nowMs; nextTick += 1) {
      const messages = planMessages(names, ticksMs[nextTick] as number);
      tally.sent(nowMs, messages.filter((message) => queue.send(message, nowMs)).length);
    }
  };
  const end = (nowMs: number): void => {
    for (const { container, delivery, handled, endMs } of runs.filter((run) => run.endMs <= nowMs)) {
      const { groupId } = delivery.message;
      if (handled.isToBeRepeated) queue.comeBack(groupId, endMs + COME_BACK_MS * delivery.receiveCount);
      else if (!handled.isKilled) queue.remove(groupId);
      containers.free(container, endMs);
    }
    runs = runs.filter((run) => run.endMs > nowMs);
  };
  const begin = (nowMs: number): void => {
    while (containers.busyCount() < plan.concurrencyMax) {
      const delivery = queue.receive(nowMs);
      if (delivery === undefined) return;
      const { container, isNew } = containers.take(nowMs);
      const coldMs = isNew ? plan.timings.coldStartSeconds * 1000 : 0;
      const handled = accounts.handle(pullMessage(delivery.message.body), nowMs + coldMs, container);
      const durationMs = coldMs + handled.durationMs;
      runs.push({ container, delivery, handled, endMs: nowMs + durationMs });
      tally.invoked(nowMs, { handled, isCold: isNew, durationMs });
    }
  };
  const endMs = plan.hours * HOUR_MS;
  for (let nowMs = 0; nowMs < endMs; nowMs += STEP_MS) {
    send(nowMs);
    end(nowMs);
    begin(nowMs);
    if (nowMs % 1000 === 0) {
      const busyCount = containers.busyCount();
      tally.looked(nowMs, { depth: queue.depth(), oldestAgeMs: queue.oldestAgeMs(nowMs), busyCount });
    }
  }
  return tally.report({ queue: queue.counts(), waitsMs: accounts.waitsMs(endMs) });
}

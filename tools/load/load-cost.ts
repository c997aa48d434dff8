import type { LoadPlan } from "./load-plan.ts";
import type { LoadReport } from "./load-tally.ts";

/** What a deployment costs for each account and month, in dollars. */
export interface LoadCost {
  readonly lambda: number;
  readonly sqs: number;
  readonly s3Requests: number;
  readonly glue: number;
  readonly logs: number;
  /** Maintenance: its function, and its requests. */
  readonly maintenance: number;
  /** In Secrets Manager; nothing in the Parameter Store. */
  readonly secret: number;
}

/** List prices of us-east-1 as they were known, in dollars, free tiers left out; not looked up again: aws.amazon.com/pricing has them. */
const PRICES = {
  lambdaGibSecond: 0.0000166667,
  lambdaInvocation: 0.2e-6,
  sqsFifoRequest: 0.5e-6,
  s3Write: 5e-6,
  s3Read: 0.4e-6,
  glueRequest: 1e-6,
  logsByte: 0.5 / 1e9,
  secretMonth: 0.4,
  secretRead: 0.05 / 10_000,
};

/** Requests of one visit, of one commit and so on, as `npm run measure:lambda` counts them for two tables. */
const REQUESTS = {
  visit: { s3Writes: 1, s3Reads: 1, glue: 2 },
  /** Besides, where the tables were not open. */
  open: { s3Writes: 0, s3Reads: 11, glue: 6 },
  leftAlone: { s3Writes: 0, s3Reads: 1, glue: 0 },
  commit: { s3Writes: 4, s3Reads: 1, glue: 2 },
  maintainTable: { s3Writes: 6, s3Reads: 9, glue: 4 },
};
/** A message is sent, received and removed; pollers ask although there is nothing: an estimate of ten requests each minute. */
const SQS_REQUESTS = { message: 3, perHour: 600 };
const LOG_BYTES = { visit: 300, invocation: 700 };
const DAYS = 30;

type Requests = (typeof REQUESTS)["visit"];

/**
 * Works out what the simulated hours would cost, as if they went on for a month of 30 days.
 *
 * @returns dollars for each account; alarms and metrics ($2.80 a deployment), storage and queries are not in it
 */
export function loadCost(plan: LoadPlan, { total }: LoadReport): LoadCost {
  const perAccountMonth = (DAYS * 24) / plan.hours / plan.accountCount;
  const gib = plan.memoryMiB / 1024;
  const tablesMaintained = plan.accountCount * plan.tableCount * (plan.hours / 24);
  const requests = (count: number, { s3Writes, s3Reads }: Requests): number =>
    count * (s3Writes * PRICES.s3Write + s3Reads * PRICES.s3Read);
  const glue = (count: number, one: Requests): number => count * one.glue * PRICES.glueRequest;
  const kinds = [
    [total.visitCount, REQUESTS.visit],
    [total.openedCount, REQUESTS.open],
    [total.leftAloneCount, REQUESTS.leftAlone],
    [total.commitCount, REQUESTS.commit],
  ] as const;
  const sum = (price: (count: number, one: Requests) => number): number =>
    kinds.reduce((dollars, [count, one]) => dollars + price(count, one), 0);
  const sqsRequests = total.invocationCount * SQS_REQUESTS.message + plan.hours * SQS_REQUESTS.perHour;
  const maintenanceSeconds = tablesMaintained * plan.timings.maintainTableSeconds;
  return {
    lambda:
      perAccountMonth *
      (total.lambdaSeconds * gib * PRICES.lambdaGibSecond + total.invocationCount * PRICES.lambdaInvocation),
    sqs: perAccountMonth * sqsRequests * PRICES.sqsFifoRequest,
    s3Requests: perAccountMonth * sum(requests),
    glue: perAccountMonth * sum(glue),
    logs:
      perAccountMonth *
      (total.visitCount * LOG_BYTES.visit + total.invocationCount * LOG_BYTES.invocation) *
      PRICES.logsByte,
    maintenance:
      perAccountMonth *
      (maintenanceSeconds * gib * PRICES.lambdaGibSecond +
        requests(tablesMaintained, REQUESTS.maintainTable) +
        glue(tablesMaintained, REQUESTS.maintainTable)),
    secret: PRICES.secretMonth + perAccountMonth * total.visitCount * PRICES.secretRead,
  };
}

import { textTable } from "../../src/cli/text-table.ts";
import type { LoadCost } from "./load-cost.ts";
import type { LoadPlan } from "./load-plan.ts";
import type { LoadHour, LoadReport } from "./load-tally.ts";

const BAR_WIDTH = 20;

/** The report as people read it. */
export function formatLoad(plan: LoadPlan, report: LoadReport, cost: LoadCost): string {
  const { accountCount, tableCount, hours, concurrencyMax } = plan;
  const { total, deadCount, expiredCount, deduplicatedCount, waitSecondsMax } = report;
  const depthMax = Math.max(1, total.depthMax);
  const commitsPerTable = total.commitCount / (accountCount * tableCount * hours);
  const busy = total.lambdaSeconds / (hours * 3600);
  const head = [
    "hour",
    "messages",
    "left in queue",
    "",
    "oldest",
    "busy",
    "Lambda s",
    "visits",
    "left alone",
  ];
  const columns = [...head, "commits", "wait median", "99 %", "max"].map((title, index) => ({
    title,
    align: index === 3 ? ("left" as const) : ("right" as const),
  }));
  const row = (name: string, hour: Omit<LoadHour, "hour">): string[] => [
    name,
    String(hour.sentCount),
    String(hour.depthMax),
    "█".repeat(Math.round((hour.depthMax / depthMax) * BAR_WIDTH)),
    duration(hour.oldestAgeSecondsMax),
    String(hour.busyMax),
    hour.lambdaSeconds.toFixed(0),
    String(hour.visitCount),
    String(hour.leftAloneCount),
    String(hour.commitCount),
    ...[hour.gapSeconds.median, hour.gapSeconds.p99, hour.gapSeconds.max].map(duration),
  ];
  const rows = [...report.hours.map((hour) => row(String(hour.hour), hour)), row("all", total)];
  return [
    `${accountCount} accounts with ${tableCount} tables, ${hours} hours, ${concurrencyMax} containers at most\n\n`,
    textTable(columns, rows),
    "\n",
    `On average ${busy.toFixed(1)} containers are at work, and ${commitsPerTable.toFixed(1)} commits an hour come to a table.\n`,
    `${deadCount} messages became dead letters, ${expiredCount} were too old, ${deduplicatedCount} were sent twice.\n`,
    `At the end no account has waited for longer than ${duration(waitSecondsMax)}.\n\n`,
    formatCost(cost),
  ].join("");
}

function formatCost({ secret, ...others }: LoadCost): string {
  const dollars = (value: number): string => `$${value.toFixed(3)}`;
  const sum = Object.values(others).reduce((total, value) => total + value, 0);
  const rows = Object.entries({ ...others, "Secrets Manager": secret }).map(([name, value]) => [
    name,
    dollars(value),
  ]);
  const totals = [
    ["with Secrets Manager", dollars(sum + secret)],
    ["with the Parameter Store", dollars(sum)],
  ];
  const columns = [{ title: "for each account and month" }, { title: "", align: "right" as const }];
  return textTable(columns, [...rows, ...totals]);
}

function duration(seconds: number): string {
  if (seconds < 100) return `${seconds.toFixed(0)} s`;
  return seconds < 6_000 ? `${(seconds / 60).toFixed(0)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

import { expect, test } from "vitest";
import { metricLine } from "../../src/aws/metric-line.ts";

test("metricLine gives one line in the embedded metric format, with the label as the only dimension", () => {
  const line = metricLine({
    label: "main",
    nowMs: 1_790_000_000_000,
    counts: { PullSuccess: 2, RowsAppended: 0 },
  });
  expect(line).not.toContain("\n");
  expect(JSON.parse(line)).toEqual({
    _aws: {
      Timestamp: 1_790_000_000_000,
      CloudWatchMetrics: [
        {
          Namespace: "duolake",
          Dimensions: [["Label"]],
          Metrics: [
            { Name: "PullSuccess", Unit: "Count" },
            { Name: "RowsAppended", Unit: "Count" },
          ],
        },
      ],
    },
    Label: "main",
    PullSuccess: 2,
    RowsAppended: 0,
  });
});

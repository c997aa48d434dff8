/** The metrics of a deployment; the alarms of the template watch them. */
export type MetricName =
  | "PullSuccess"
  | "PullFailure"
  | "SecretNotPopulated"
  | "RowsAppended"
  | "RateLimited"
  | "MaintainSuccess";

/**
 * Makes the line from which CloudWatch takes metrics (embedded metric format): written to stdout, it costs no request.
 *
 * The label is the only dimension, for each value of another one would be a metric to pay.
 *
 * @param line the counts of one invocation, and its time, ms since 1970
 */
export function metricLine(line: {
  readonly label: string;
  readonly nowMs: number;
  readonly counts: Readonly<Partial<Record<MetricName, number>>>;
}): string {
  const { label, nowMs, counts } = line;
  const metrics = Object.keys(counts).map((name) => ({ Name: name, Unit: "Count" }));
  const directive = { Namespace: "duolake", Dimensions: [["Label"]], Metrics: metrics };
  return JSON.stringify({
    _aws: { Timestamp: nowMs, CloudWatchMetrics: [directive] },
    Label: label,
    ...counts,
  });
}

import type { MetricName } from "./metric-line.ts";
import { judge } from "./pull-verdict.ts";
import type { VisitOutcome } from "./visit.ts";

/** What the visits of one message came to. */
export interface PullReport {
  readonly counts: Readonly<Partial<Record<MetricName, number>>>;
  /** The message is to be delivered again. */
  readonly isToBeRepeated: boolean;
}

/**
 * Counts log sources by what became of them; pure. One of which a table was pulled and another failed counts as success and
 * as failure: the heartbeat asks whether events come at all, the alarm for errors whether something is wrong. A log source that
 * was left alone counts nowhere.
 */
export function reportVisits(outcomes: readonly VisitOutcome[]): PullReport {
  const judged = outcomes.map((outcome) => {
    const verdict = judge(outcome.failures);
    const isUnpopulated = outcome.secret === "missing";
    return {
      isUnpopulated,
      appended: outcome.appended,
      isAnswered: outcome.isAnswered,
      isToBeRepeated: verdict.isToBeRepeated,
      isFailed: verdict.isFailed,
      isRateLimited: verdict.isRateLimited || outcome.isRateLimited,
    };
  });
  const count = (is: (one: (typeof judged)[number]) => boolean): number => judged.filter(is).length;
  return {
    counts: {
      PullSuccess: count(({ isAnswered }) => isAnswered),
      PullFailure: count(({ isFailed }) => isFailed),
      SecretNotPopulated: count(({ isUnpopulated }) => isUnpopulated),
      RateLimited: count(({ isRateLimited }) => isRateLimited),
      RowsAppended: judged.reduce((sum, { appended }) => sum + appended, 0),
    },
    isToBeRepeated: judged.some(({ isToBeRepeated }) => isToBeRepeated),
  };
}

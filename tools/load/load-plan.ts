/** What a simulation of the deployment on AWS is asked to play. */
export interface LoadPlan {
  /** Log sources, each a Duo account. */
  readonly accountCount: number;
  readonly hours: number;
  /** Minutes from one tick to the next, 1 to 240. */
  readonly intervalMinutes: number;
  /** Parameter `MaxConcurrency` of the template: messages at work at once, 2 to 1,000. */
  readonly concurrencyMax: number;
  /** Parameter `MemoryMiB` of the template. */
  readonly memoryMiB: number;
  /** Tables that are pulled of each account. */
  readonly tableCount: number;
  /** Of the visits to a table, the share that finds something: 0 to 1. */
  readonly newsShare: number;
  readonly seed: number;
  readonly timings: LoadTimings;
  readonly faults: LoadFaults;
}

/** Seconds of a function's clock, as `npm run measure:lambda` finds them; those of log sources add up within a message. */
export interface LoadTimings {
  /** From the first sign of a new container to the first log source. */
  readonly coldStartSeconds: number;
  /** What a message takes besides its log sources. */
  readonly messageSeconds: number;
  /** A visit that finds nothing in any table, where the container has the tables open. */
  readonly idleVisitSeconds: number;
  /** On top of that, where it has not. */
  readonly openSeconds: number;
  /** On top of that, for each table with news. */
  readonly commitSeconds: number;
  /** A log source that is left alone: its status is read, nothing else. */
  readonly leftAloneSeconds: number;
  /** A visit that Duo does not answer, until it is given up. */
  readonly outageVisitSeconds: number;
  /** Maintenance of one table, once a day. */
  readonly maintainTableSeconds: number;
}

/** What goes wrong on the way; all shares are 0 to 1. */
export interface LoadFaults {
  /** Hours after the beginning between which Duo answers nobody. */
  readonly outageHours: readonly [from: number, to: number] | undefined;
  /** Invocations that die in the middle. */
  readonly killShare: number;
  /** Visits that end with a failure of AWS, so that the message comes back. */
  readonly awsFailureShare: number;
  readonly lostTickShare: number;
  readonly repeatedTickShare: number;
  /** A tick comes up to so many seconds after its time. */
  readonly lateTickSecondsMax: number;
}

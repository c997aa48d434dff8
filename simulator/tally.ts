import type { StreamName } from "./streams.ts";

/** A request that came in, and what became of it. */
export interface RequestRecord {
  /** By the simulator's clock. */
  readonly atMs: number;
  readonly method: string;
  readonly path: string;
  /** Null where the path is no log. */
  readonly stream: StreamName | null;
  /** The account that was asked about; null where there is none such. */
  readonly accountId: string | null;
  readonly params: Readonly<Record<string, string>>;
  /** HTTP status; 0 when no answer was sent. */
  readonly status: number;
  /** Duo's error code, if there was one. */
  readonly code: number | null;
  /** Rows in the answer, as it was meant to be sent. */
  readonly rowCount: number;
  /** The fault that hit the request. */
  readonly fault: string | null;
}

/** What was asked of a stream. */
export interface RequestCounts {
  readonly requests: number;
  readonly rowsServed: number;
  readonly faults: number;
}

/** The requests that came in: the last ones, and numbers about all of them. */
export interface Tally {
  readonly record: (record: RequestRecord) => void;
  readonly requests: () => readonly RequestRecord[];
  readonly clear: () => void;
  /** Of one account, or of all. */
  readonly counts: (stream: StreamName, accountId: string | undefined) => RequestCounts;
}

const REQUEST_COUNT_MAX = 100_000;

/** Makes an empty tally; it counts as requests come in, so that a run of weeks is counted in no time. */
export function createTally(): Tally {
  let records: RequestRecord[] = [];
  let sums: { readonly stream: StreamName; readonly accountId: string | null; counts: RequestCounts }[] = [];
  return {
    record: (record) => {
      records.push(record);
      if (records.length > REQUEST_COUNT_MAX) records = records.slice(-REQUEST_COUNT_MAX / 2);
      const { stream, accountId } = record;
      if (stream === null) return;
      let sum = sums.find((one) => one.stream === stream && one.accountId === accountId);
      if (!sum) {
        sum = { stream, accountId, counts: { requests: 0, rowsServed: 0, faults: 0 } };
        sums.push(sum);
      }
      sum.counts = added(sum.counts, {
        requests: 1,
        rowsServed: record.rowCount,
        faults: record.fault === null ? 0 : 1,
      });
    },
    requests: () => records,
    clear: () => {
      records = [];
      sums = [];
    },
    counts: (stream, accountId) =>
      sums
        .filter((sum) => sum.stream === stream && (accountId === undefined || sum.accountId === accountId))
        .map(({ counts }) => counts)
        .reduce(added, { requests: 0, rowsServed: 0, faults: 0 }),
  };
}

function added(a: RequestCounts, b: RequestCounts): RequestCounts {
  return {
    requests: a.requests + b.requests,
    rowsServed: a.rowsServed + b.rowsServed,
    faults: a.faults + b.faults,
  };
}

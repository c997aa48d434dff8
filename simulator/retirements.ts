import { streamNamed, type StreamName, type StreamSpec } from "./streams.ts";

/** What a log that was switched off answers: 404 and 410 as paths that are gone, 403 as one that is forbidden. */
export type RetiredStatus = 403 | 404 | 410;

const STATUSES: readonly number[] = [403, 404, 410];

/** Which requests a retirement hits, and from when on. */
export interface RetirementOptions {
  /** By the simulator's clock, milliseconds since 1970; default now. */
  readonly atMs?: number;
  /** Default: all accounts. */
  readonly accountId?: string;
}

/** A log that is off, now or from an instant on. */
export interface Retirement extends RetirementOptions {
  readonly stream: StreamName;
  readonly status: RetiredStatus;
  readonly atMs: number;
}

/** The logs that were switched off. */
export interface Retirements {
  /**
   * From an instant on a log answers nothing but this status, until it is restored.
   *
   * @param streamOrPath a stream's name or its path
   * @throws Error for an unknown stream or status
   */
  readonly retire: (
    streamOrPath: string,
    options: RetirementOptions & { readonly status: RetiredStatus },
  ) => void;
  /**
   * From an instant on a log answers again. Without `atMs` that is now, and retirements to come are forgotten.
   *
   * @throws Error for an unknown stream
   */
  readonly restore: (streamOrPath: string, options?: RetirementOptions) => void;
  /** The retirements in force now. */
  readonly retired: () => readonly Retirement[];
}

/** What the server needs beyond what tests need. */
export interface RetirementBook extends Retirements {
  /** The status to answer in place of the log. */
  readonly statusOf: (stream: StreamSpec, accountId: string) => RetiredStatus | undefined;
}

interface Entry {
  readonly stream: StreamName;
  readonly accountId: string | undefined;
  readonly atMs: number;
  readonly status: RetiredStatus | undefined;
}

/** Makes a book in which the streams given are off from the beginning. */
export function createRetirements(
  atStart: Partial<Record<StreamName, RetiredStatus>>,
  nowMs: () => number,
): RetirementBook {
  let entries: Entry[] = [];
  const put = (entry: Entry): void => {
    // Stable: of two entries for one instant the later one counts.
    entries = [...entries, entry].toSorted((a, b) => a.atMs - b.atMs);
  };
  const covers = (entry: Entry, stream: StreamName, accountId: string | undefined): boolean =>
    entry.stream === stream && (entry.accountId === undefined || entry.accountId === accountId);
  const inForce = (stream: StreamName, accountId: string | undefined): Entry | undefined =>
    entries.findLast((entry) => entry.atMs <= nowMs() && covers(entry, stream, accountId));

  for (const [name, status] of Object.entries(atStart)) {
    const stream = streamNamed(name).name;
    assertStatus(status);
    put({ stream, status, accountId: undefined, atMs: -Infinity });
  }
  return {
    retire: (streamOrPath, { status, atMs = nowMs(), accountId }) => {
      const stream = streamNamed(streamOrPath).name;
      assertStatus(status);
      put({ stream, status, accountId, atMs });
    },
    restore: (streamOrPath, { atMs, accountId } = {}) => {
      const stream = streamNamed(streamOrPath).name;
      if (atMs === undefined) {
        entries = entries.filter((entry) => entry.stream !== stream || entry.accountId !== accountId);
      }
      put({ stream, status: undefined, accountId, atMs: atMs ?? nowMs() });
    },
    retired: () =>
      entries.flatMap((entry) => {
        const { stream, status, accountId, atMs } = entry;
        if (status === undefined || inForce(stream, accountId) !== entry) return [];
        return [{ stream, status, atMs, ...(accountId === undefined ? {} : { accountId }) }];
      }),
    statusOf: ({ name }, accountId) => inForce(name, accountId)?.status,
  };
}

function assertStatus(status: number): void {
  if (!STATUSES.includes(status))
    throw new Error(`Cannot retire the stream: status must be one of ${STATUSES.join(", ")}, got ${status}`);
}

import type { Account } from "./dataset/account.ts";
import { STREAMS, streamNamed, type RawEvent, type StreamName } from "./streams.ts";

/** A request that came in, and what became of it. */
export interface RequestRecord {
  /** By the simulator's clock. */
  readonly atMs: number;
  readonly method: string;
  readonly path: string;
  /** Null where the path is no log. */
  readonly stream: StreamName | null;
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

/** A period of time, both ends included, by default all that is retained; and the account, by default the main one. */
export interface LedgerRange {
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly accountId?: string;
}

/** Totals of a stream. */
export interface StreamCounts {
  /** Rows that can be read now. */
  readonly visible: number;
  readonly requests: number;
  readonly rowsServed: number;
  readonly faults: number;
}

/** What exists and what was handed out. */
export interface Ledger {
  /** The last requests, oldest first. */
  readonly requests: () => readonly RequestRecord[];
  readonly clearRequests: () => void;
  /** Every event of a stream that is visible now, oldest first. */
  readonly expected: (stream: StreamName, range?: LedgerRange) => RawEvent[];
  /** What makes two events of a stream the same: its ids, or for a v1 log its canonical JSON. */
  readonly identity: (stream: StreamName, event: RawEvent) => string;
  readonly counts: () => Readonly<Record<StreamName, StreamCounts>>;
}

/** What the server and the control routes need beyond what tests need. */
export interface LedgerBook extends Ledger {
  readonly record: (record: RequestRecord) => void;
  /** As `expected`, one by one. */
  readonly events: (stream: StreamName, range?: LedgerRange) => Generator<RawEvent>;
}

const REQUEST_COUNT_MAX = 100_000;

/** Makes an empty ledger. */
export function createLedger(accounts: readonly Account[], retainedFromMs: () => number): LedgerBook {
  let records: RequestRecord[] = [];

  function* events(stream: StreamName, range: LedgerRange = {}): Generator<RawEvent> {
    const account = accountOf(accounts, range.accountId);
    const { fromMs = retainedFromMs(), toMs = Infinity } = range;
    for (const row of account.timeline(stream).ascending({ fromMs, toMs })) yield row.event;
  }

  return {
    requests: () => records,
    clearRequests: () => {
      records = [];
    },
    expected: (stream, range) => [...events(stream, range)],
    identity: identityOf,
    counts: () => {
      const main = accounts[0] as Account;
      const range = { fromMs: retainedFromMs(), toMs: Infinity };
      const entries = STREAMS.map(
        ({ name }) => [name, countsOf(records, name, main.timeline(name).count(range))] as const,
      );
      return Object.fromEntries(entries) as Record<StreamName, StreamCounts>;
    },
    record: (record) => {
      records.push(record);
      if (records.length > REQUEST_COUNT_MAX) records = records.slice(-REQUEST_COUNT_MAX / 2);
    },
    events,
  };
}

/** The account with this id, by default the main one. Throws Error when there is none. */
export function accountOf(accounts: readonly Account[], accountId: string | undefined): Account {
  const account = accountId === undefined ? accounts[0] : accounts.find((one) => one.accountId === accountId);
  if (!account) throw new Error(`Cannot find the account: got ${accountId}`);
  return account;
}

function countsOf(records: readonly RequestRecord[], stream: StreamName, visible: number): StreamCounts {
  const own = records.filter((record) => record.stream === stream);
  return {
    visible,
    requests: own.length,
    rowsServed: own.reduce((sum, { rowCount }) => sum + rowCount, 0),
    faults: own.filter(({ fault }) => fault !== null).length,
  };
}

function identityOf(stream: StreamName, event: RawEvent): string {
  const ids = streamNamed(stream).idKeys.map((key) => event[key]);
  if (ids.length > 0 && ids.every((id) => typeof id === "string")) return ids.join("|");
  return canonicalJson(event);
}

/** JSON with the keys of every object sorted. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

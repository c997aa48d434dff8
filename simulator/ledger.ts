import type { Account } from "./dataset/account.ts";
import type { EventVersion } from "./dataset/event-versions.ts";
import type { Range } from "./dataset/timeline.ts";
import { happeningsOf, type Happening, type V1Stream } from "./happenings.ts";
import { createIdentityReader, identityOf } from "./identities.ts";
import { STREAMS, type RawEvent, type StreamName } from "./streams.ts";
import { createTally, type RequestCounts, type RequestRecord, type Tally } from "./tally.ts";

/** A period of time, both ends included, by default all that is retained; and the account, by default the main one. */
export interface LedgerRange {
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Leaves out what became visible after this instant; by default now. */
  readonly asOfMs?: number;
  readonly accountId?: string;
}

/** Totals of a stream. */
export interface StreamCounts extends RequestCounts {
  /** Rows that can be read now. */
  readonly visible: number;
}

/** One state of a Trust Monitor event. */
export interface TrustMonitorVersion extends EventVersion {
  readonly sekey: string;
}

/** What exists and what was handed out. */
export interface Ledger {
  /** The last requests, oldest first. */
  readonly requests: () => readonly RequestRecord[];
  readonly clearRequests: () => void;
  /** Every event of a stream that is visible now, oldest first. */
  readonly expected: (stream: StreamName, range?: LedgerRange) => RawEvent[];
  /** The identities of `expected`, for comparing again and again: hours that are over are made only once. */
  readonly identities: (stream: StreamName, range?: LedgerRange) => Generator<string>;
  /** What makes two events of a stream the same: its ids, or for a v1 log its canonical JSON. */
  readonly identity: (stream: StreamName, event: RawEvent) => string;
  /** What a v1 log and the log after it tell of, each happening once, with the event of either log. */
  readonly happenings: (stream: V1Stream, range?: LedgerRange) => Happening[];
  /** The events of a v1 log by the id that the same happening has in the log after it. */
  readonly twins: (stream: V1Stream, range?: LedgerRange) => ReadonlyMap<string, RawEvent>;
  /** Every version that the visible events of Trust Monitor have had until now, with when it was first served. */
  readonly trustMonitorVersions: (range?: LedgerRange) => TrustMonitorVersion[];
  /** Requests to all accounts and rows of the main one, or both of the account given. */
  readonly counts: (accountId?: string) => Readonly<Record<StreamName, StreamCounts>>;
}

/** What the server and the control routes need beyond what tests need. */
export interface LedgerBook extends Ledger {
  readonly record: Tally["record"];
  /** As `expected`, one by one. */
  readonly events: (stream: StreamName, range?: LedgerRange) => Generator<RawEvent>;
}

/** Makes an empty ledger. */
export function createLedger(
  accounts: readonly Account[],
  { retainedFromMs, nowMs }: { readonly retainedFromMs: () => number; readonly nowMs: () => number },
): LedgerBook {
  const tally = createTally();
  const identities = createIdentityReader();
  const placeOf = (range: LedgerRange): { readonly account: Account; readonly range: Range } => {
    const { accountId, fromMs = retainedFromMs(), toMs = Infinity, asOfMs } = range;
    const asOf = asOfMs === undefined ? {} : { asOfMs };
    return { account: accountOf(accounts, accountId), range: { fromMs, toMs, ...asOf } };
  };

  function* events(stream: StreamName, wanted: LedgerRange = {}): Generator<RawEvent> {
    const { account, range } = placeOf(wanted);
    for (const row of account.timeline(stream).ascending(range)) yield row.event;
  }
  const happenings = (stream: V1Stream, wanted: LedgerRange = {}): Happening[] => {
    const { account, range } = placeOf(wanted);
    return happeningsOf(account, stream, range);
  };

  return {
    requests: tally.requests,
    clearRequests: tally.clear,
    expected: (stream, range) => [...events(stream, range)],
    identities: (stream, wanted = {}) => {
      const { account, range } = placeOf(wanted);
      return identities(stream, account.timeline(stream), range);
    },
    identity: identityOf,
    happenings,
    twins: (stream, range) =>
      new Map(happenings(stream, range).flatMap(({ id, v1, v2 }) => (v1 && v2 ? [[id, v1] as const] : []))),
    trustMonitorVersions: (wanted = {}) => {
      const { account, range } = placeOf(wanted);
      return [...account.timeline("trust_monitor").ascending(range)].flatMap((row) =>
        account.trustMonitorVersions
          .versionsOf(row, range.asOfMs ?? nowMs())
          .map((version) => ({ sekey: row.id, ...version })),
      );
    },
    counts: (accountId) => {
      const { account, range } = placeOf(accountId === undefined ? {} : { accountId });
      const entries = STREAMS.map(({ name }) => {
        const visible = account.timeline(name).count(range);
        return [name, { visible, ...tally.counts(name, accountId) }] as const;
      });
      return Object.fromEntries(entries) as Record<StreamName, StreamCounts>;
    },
    record: tally.record,
    events,
  };
}

/** The account with this id, by default the main one. Throws Error when there is none. */
export function accountOf(accounts: readonly Account[], accountId: string | undefined): Account {
  const account = accountId === undefined ? accounts[0] : accounts.find((one) => one.accountId === accountId);
  if (!account) throw new Error(`Cannot find the account: got ${accountId}`);
  return account;
}

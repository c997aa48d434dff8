import { isJsonObject, type Json, type JsonObject, stringifySorted } from "../core/json.ts";
import type { Row } from "../core/row.ts";
import type { Page } from "../duo/page.ts";
import type { LogTable, Stream } from "../duo/tables/table.ts";
import type { Account } from "./account.ts";
import type { Identifier } from "./identity.ts";

/** An event with its identity and what the mapping made of it. */
export interface Candidate {
  /** As Duo returned it. */
  readonly event: Json;
  readonly hash: string;
  /** The `ts` of its row, microseconds since 1970. */
  readonly tsUs: number;
  /** False where the event's own time could not be read and `ts` is the time of the fetch. */
  readonly timeKnown: boolean;
  /** The canonical text of the event. */
  readonly original: string;
  /** Made when it is first asked for; undefined where none can be. */
  readonly row: Row | undefined;
  /** Why no row can be made; empty where one can. */
  readonly reason: string;
}

/** Whose events become which rows. */
export interface Feed {
  readonly table: LogTable;
  readonly stream: Stream;
  readonly account: Account | undefined;
}

/**
 * Maps the events of one page and names each one; pure but for the counts that the identifier keeps.
 *
 * One at a time: a row that is written before the next one is made dies young, which halves the work of the garbage collector.
 */
export function* toCandidates(
  page: Page,
  feed: Feed,
  identifier: Identifier,
): Generator<Candidate, void, undefined> {
  if (page.countsAnew) identifier.restart();
  const { fetchedAtMs } = page;
  const { stream, account } = feed;
  const map = stream.map ?? feed.table.map;
  const fetchedAtUs = fetchedAtMs * 1000;
  const createdAt = new Date(fetchedAtMs).toISOString();
  for (const event of page.events) {
    if (stream.accepts !== undefined && isJsonObject(event) && !stream.accepts(event)) continue;
    const mapped = map(event, { fetchedAtUs });
    if (mapped.kind !== "row") {
      const original = rawText(event);
      const hash = identifier.identify(event, original, fetchedAtMs);
      const reason = mapped.kind === "empty" ? "empty_event" : mapped.reason;
      yield { event, hash, tsUs: fetchedAtUs, timeKnown: false, original, row: undefined, reason };
      continue;
    }
    const { tsUs, timeKnown, original } = mapped;
    const hash = identifier.identify(event, original, fetchedAtMs);
    yield {
      event,
      hash,
      tsUs,
      timeKnown,
      original,
      get row() {
        return withOrigin(mapped.row, { hash, createdAt, account });
      },
      reason: "",
    };
  }
}

/** Fills in what only the pull knows; every row has an `event` of its own. */
function withOrigin(
  row: Row,
  {
    hash,
    createdAt,
    account,
  }: { readonly hash: string; readonly createdAt: string; readonly account: Account | undefined },
): Row {
  const fields = row["event"] as Record<string, Json>;
  fields["hash"] = hash;
  fields["created"] = createdAt;
  if (account !== undefined) row["cloud"] = { account: accountFields(account) };
  return row;
}

/** Duo need not name an account: then its column is null. */
function accountFields({ id, name }: Account): JsonObject {
  return name === "" ? { id } : { id, name };
}

/** The event as text, also where it is nested too deeply for the canonical form. */
function rawText(event: Json): string {
  try {
    return stringifySorted(event);
  } catch {
    // Deeper than the stack can follow: say that it was there rather than fail the whole page.
    return JSON.stringify(`nested too deeply to be written down: ${typeof event}`);
  }
}

import { formatTimestamp } from "../core/format-timestamp.ts";
import { isJsonObject, type Json, parseJson } from "../core/json.ts";
import type { Row } from "../core/row.ts";
import type { LogTable, Stream } from "../duo/tables/table.ts";

/** An event as the lake keeps it. */
export interface StoredEvent {
  /** `event.original`: the raw event as JSON text. */
  readonly original: string;
  readonly hash: string;
  /** When it was fetched, microseconds since 1970. */
  readonly createdUs: number;
  /** The stream it came from, where that is known. */
  readonly stream?: string | undefined;
  readonly account?: { readonly id: string; readonly name: string | undefined } | undefined;
}

/**
 * Maps an event again that is in the lake already, under the identity and the time of fetch that it has there; pure.
 *
 * @returns the row and its `ts`, or why there is none
 */
export function mapStored(
  table: LogTable,
  { original, hash, createdUs, stream, account }: StoredEvent,
):
  | { readonly row: Row; readonly event: Json; readonly tsUs: number; readonly timeKnown: boolean }
  | { readonly reason: string } {
  const event = parse(original);
  if (event === undefined) return { reason: "event.original is no JSON" };
  const map = streamOf(table, event, stream)?.map ?? table.map;
  const mapped = map(event, { fetchedAtUs: createdUs });
  if (mapped.kind === "empty") return { reason: "empty_event" };
  if (mapped.kind === "rejected") return { reason: mapped.reason };
  const { row, tsUs, timeKnown } = mapped;
  const fields = row["event"] as Record<string, Json>;
  fields["hash"] = hash;
  fields["created"] = formatTimestamp(createdUs);
  // The text in the lake is the witness: it must not change with the mapping.
  fields["original"] = original;
  if (account !== undefined) {
    const { id, name } = account;
    row["cloud"] = { account: { id, ...(name !== undefined && { name }) } };
  }
  return { row, event, tsUs, timeKnown };
}

/** The stream by its name, else the one whose shape the event has. */
function streamOf({ streams }: LogTable, event: Json, name: string | undefined): Stream | undefined {
  return (
    streams.find((stream) => stream.name === name) ??
    streams.find(({ twinKey }) => isJsonObject(event) && twinKey?.(event) !== undefined)
  );
}

function parse(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

import { isJsonObject, type Json, type JsonObject, parseJson } from "../core/json.ts";
import { type JournalEntry, toJournalEntry } from "./journal-entry.ts";

/** What the last visit to a log source left for people to see, and for the next visit to save work; no state (P1). */
export interface SourceStatus {
  /** When the last visit that pulled began, ms since 1970. */
  readonly visitedAtMs: number | undefined;
  /** Nothing was left to be read when it ended. */
  readonly isSettled: boolean;
  /** Undefined where it was not read, or could not be. */
  readonly secret: "populated" | "missing" | undefined;
  /** What kept the log source as a whole from being pulled; failures of a table are in its entry. */
  readonly lastError: JournalEntry["lastError"];
  /** The last pull of each table, by its name in the journal. */
  readonly entries: Readonly<Record<string, JournalEntry>>;
  /** Everything else that the journal holds, by name. */
  readonly notes: Readonly<Record<string, JsonObject>>;
}

/** A log source that nobody has visited. */
export const NEVER_VISITED: SourceStatus = {
  visitedAtMs: undefined,
  isSettled: false,
  secret: undefined,
  lastError: undefined,
  entries: {},
  notes: {},
};

const VERSION = 1;

/** Writes the status object of a log source; pure. */
export function encodeSourceStatus(source: string, status: SourceStatus): string {
  const { visitedAtMs, isSettled, secret, lastError, entries, notes } = status;
  const object = {
    version: VERSION,
    source,
    visited_at: visitedAtMs === undefined ? null : new Date(visitedAtMs).toISOString(),
    is_settled: isSettled,
    secret: secret ?? null,
    last_error: lastError ?? null,
    entries,
    notes,
  };
  return `${JSON.stringify(object)}\n`;
}

/** Reads a status object; one that is damaged or of another version says nothing; pure. */
export function decodeSourceStatus(bytes: Uint8Array): SourceStatus {
  const value = parse(bytes);
  if (!isJsonObject(value) || value["version"] !== VERSION) return NEVER_VISITED;
  const { visited_at: visitedAt, is_settled: isSettled, secret, last_error: lastError } = value;
  const visitedAtMs = typeof visitedAt === "string" ? Date.parse(visitedAt) : Number.NaN;
  return {
    visitedAtMs: Number.isNaN(visitedAtMs) ? undefined : visitedAtMs,
    isSettled: isSettled === true,
    secret: secret === "populated" || secret === "missing" ? secret : undefined,
    lastError: toJournalEntry({ lastPullAt: "", lastError: lastError ?? null })?.lastError,
    entries: mapOf(value["entries"], toJournalEntry),
    notes: mapOf(value["notes"], (note) => (isJsonObject(note) ? note : undefined)),
  };
}

function parse(bytes: Uint8Array): Json | undefined {
  try {
    return parseJson(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function mapOf<Item>(value: Json | undefined, read: (item: Json) => Item | undefined): Record<string, Item> {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, found]) => {
      const item = read(found);
      return item === undefined ? [] : [[name, item] as const];
    }),
  );
}

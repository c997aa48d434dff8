import type { Column } from "../core/columns.ts";
import type { Lake } from "../lake/lake.ts";
import { readColumns } from "../lake/read-columns.ts";
import { appendFenced } from "./append-fenced.ts";

/** An event that could not become a row, with everything needed to try again later. */
export interface DeadLetter {
  /** Its identity, as its row would have had it. */
  readonly hash: string;
  /** When it was fetched, ISO 8601 with `Z`. */
  readonly ts: string;
  /** Short name of the table it was meant for. */
  readonly table: string;
  readonly stream: string;
  readonly reason: string;
  /** The raw event as JSON text. */
  readonly original: string;
  /** The child account it belongs to; absent where the log source pulls its own. */
  readonly account_id?: string | undefined;
  readonly account_name?: string | undefined;
}

/** The dead letters of one log source (invariant P5): a table of its own beside the others. */
export interface DeadLetters {
  /**
   * Appends the letters that are not there yet, in one commit of their own. Call it before the commit that moves the cursor
   * past these events: a crash in between repeats the call, and the identities keep the letters from being repeated.
   *
   * @param letters any number
   * @param sinceUs letters of these events were recorded at or after this time, microseconds since 1970
   * @returns how many were new
   */
  readonly record: (
    letters: readonly DeadLetter[],
    options: { readonly sinceUs: number; readonly signal?: AbortSignal | undefined },
  ) => Promise<number>;
}

export const DEAD_LETTER_COLUMNS: readonly Column[] = [
  { name: "ts", type: "timestamptz", doc: "When the event was fetched from Duo." },
  { name: "table", type: "string", doc: "Short name of the table the event was meant for." },
  { name: "stream", type: "string", doc: "The Duo endpoint the event came from." },
  { name: "reason", type: "string", doc: "Why it could not be stored there." },
  { name: "original", type: "string", doc: "The event as Duo returned it, as JSON text." },
  {
    name: "hash",
    type: "string",
    doc: "The event's identity, the same as its row would have in event.hash.",
  },
  { name: "account_id", type: "string", doc: "The child account, where a provider's accounts are pulled." },
  { name: "account_name", type: "string", doc: "The child account's name." },
];

/** Makes the dead letters of one log source; the table is created with the first letter. */
export function createDeadLetters(options: {
  readonly lake: Lake;
  /** Resolved name: `duo_dead_letter`. */
  readonly name: string;
  readonly newId: () => string;
}): DeadLetters {
  const table = { ...options, columns: DEAD_LETTER_COLUMNS, fenceKey: "duolake.dead_letters" };
  return {
    record: (letters, { sinceUs, signal }) =>
      appendFenced(
        table,
        async (current) => {
          const known = new Set<string>();
          const paths = [["table"], ["hash"]];
          const wanted = { paths, fromUs: sinceUs, withDeletedRows: true, signal };
          for await (const rows of readColumns(current, wanted)) {
            for (const [name, hash] of rows) known.add(`${String(name)} ${String(hash)}`);
          }
          return withoutKnown(letters, known).map((letter) => ({ ...letter }));
        },
        signal,
      ),
  };
}

/** One event may be a letter of several tables: the activity log feeds three. */
function withoutKnown(letters: readonly DeadLetter[], known: Set<string>): DeadLetter[] {
  return letters.filter(({ table, hash }) => {
    const key = `${table} ${hash}`;
    if (known.has(key)) return false;
    known.add(key);
    return true;
  });
}

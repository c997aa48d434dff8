import type { Column } from "../core/columns.ts";
import { DuolakeError } from "../core/errors.ts";
import type { Lake, LakeTable } from "../lake/lake.ts";
import type { ReadIdentities } from "./read-identities.ts";

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
];

const FENCE_PROPERTY = "duolake.dead_letters";
const ATTEMPT_COUNT_MAX = 8;

/** Makes the dead letters of one log source; the table is created with the first letter. */
export function createDeadLetters(options: {
  readonly lake: Lake;
  /** Resolved name: `duo_dead_letter`. */
  readonly name: string;
  readonly readIdentities: ReadIdentities;
  readonly newId: () => string;
}): DeadLetters {
  const { lake, name, readIdentities, newId } = options;
  const open = async (): Promise<LakeTable> =>
    (await lake.load(name)) ??
    lake.create(name, { columns: DEAD_LETTER_COLUMNS, properties: { [FENCE_PROPERTY]: newId() } });

  return {
    record: async (letters, { sinceUs, signal }) => {
      for (let attempt = 1; ; attempt += 1) {
        const table = await open();
        const known = new Set<string>();
        for await (const rows of readIdentities(table, { path: ["hash"], fromUs: sinceUs, signal })) {
          for (const { identity } of rows) known.add(identity);
        }
        const fresh = uniqueBy(letters, known);
        if (fresh.length === 0) return 0;
        const writer = table.writer();
        for (const letter of fresh) writer.add({ ...letter });
        const { files, refused } = await writer.finish(signal);
        const first = refused[0];
        if (first !== undefined) {
          await table.discard(files);
          throw new DuolakeError("row_unstorable", `Cannot store a dead letter in ${name}: ${first.reason}`);
        }
        const compareAndSet = { key: FENCE_PROPERTY, from: table.properties[FENCE_PROPERTY], to: newId() };
        try {
          const setProperties = { [FENCE_PROPERTY]: compareAndSet.to };
          await table.commit({ files, setProperties, compareAndSet }, signal);
          return fresh.length;
        } catch (error) {
          await table.discard(files);
          const lostRace = error instanceof DuolakeError && error.code === "cursor_moved";
          // Tables of one source share this one: read again what the other wrote, then add what is missing.
          if (!lostRace || attempt >= ATTEMPT_COUNT_MAX) throw error;
        }
      }
    },
  };
}

function uniqueBy(letters: readonly DeadLetter[], known: Set<string>): DeadLetter[] {
  return letters.filter(({ hash }) => {
    if (known.has(hash)) return false;
    known.add(hash);
    return true;
  });
}

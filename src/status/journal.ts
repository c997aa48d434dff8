import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isJsonObject, type Json, type JsonObject, parseJson } from "../core/json.ts";
import { type JournalEntry, toJournalEntry } from "./journal-entry.ts";

/**
 * Notes about the last pull of each table, beside the secrets in `.duolake/status/`.
 *
 * It is no state: everything that a pull needs is in the lake (invariant P1), and losing these files loses nothing but what
 * `status` says of the time since the last commit. Therefore one that cannot be written, because the directory is read-only,
 * is done without: it must not make a pull fail whose rows are committed.
 */
export interface Journal {
  /** Best effort, never rejects. @param table its resolved name */
  readonly write: (table: string, entry: JournalEntry) => Promise<void>;
  /** The last entry; undefined where there is none, or none that can be read. */
  readonly read: (table: string) => Promise<JournalEntry | undefined>;
  /** Leaves any note under a name of its own; best effort, never rejects. */
  readonly writeNote: (name: string, note: Readonly<Record<string, unknown>>) => Promise<void>;
  /** A note as it was left; undefined where there is none that can be read. */
  readonly readNote: (name: string) => Promise<JsonObject | undefined>;
}

/** Opens the journal of a Matano directory; the folder is made with the first entry. */
export function openJournal(dir: string): Journal {
  const folder = join(dir, ".duolake", "status");
  const pathOf = (name: string): string => join(folder, `${name}.json`);
  const write = async (name: string, entry: object): Promise<void> => {
    const temporary = join(folder, `.${name}.${randomUUID()}.tmp`);
    try {
      await mkdir(folder, { recursive: true });
      await writeFile(temporary, `${JSON.stringify(entry)}\n`);
      // Renamed whole, so that a reader never sees half an entry.
      await rename(temporary, pathOf(name));
    } catch {
      await rm(temporary, { force: true }).catch(() => {});
    }
  };
  const read = async (name: string): Promise<Json | undefined> => {
    try {
      return parseJson(await readFile(pathOf(name), "utf8"));
    } catch {
      return undefined;
    }
  };
  return {
    write,
    read: async (table) => toJournalEntry(await read(table)),
    writeNote: write,
    readNote: async (name) => {
      const value = await read(name);
      return isJsonObject(value) ? value : undefined;
    },
  };
}

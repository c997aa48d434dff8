import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isJsonObject, type Json, type JsonObject, parseJson } from "../core/json.ts";

/** What the last pull of a table left for `status` to show. */
export interface JournalEntry {
  /** When the last pull ended, ISO 8601. */
  readonly lastPullAt: string;
  /** How far the stream was drained, ISO 8601; ahead of the lake's watermark while nothing new came. */
  readonly drainedTo: string | undefined;
  /** The failure of the last pull; undefined where it did what it was asked. */
  readonly lastError: { readonly code: string; readonly message: string; readonly at: string } | undefined;
}

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
}

/** Opens the journal of a Matano directory; the folder is made with the first entry. */
export function openJournal(dir: string): Journal {
  const folder = join(dir, ".duolake", "status");
  const pathOf = (table: string): string => join(folder, `${table}.json`);
  return {
    write: async (table, entry) => {
      const temporary = join(folder, `.${table}.${randomUUID()}.tmp`);
      try {
        await mkdir(folder, { recursive: true });
        await writeFile(temporary, `${JSON.stringify(entry)}\n`);
        // Renamed whole, so that a reader never sees half an entry.
        await rename(temporary, pathOf(table));
      } catch {
        await rm(temporary, { force: true }).catch(() => {});
      }
    },
    read: async (table) => {
      try {
        return toEntry(parseJson(await readFile(pathOf(table), "utf8")));
      } catch {
        return undefined;
      }
    },
  };
}

function toEntry(value: Json): JournalEntry | undefined {
  if (!isJsonObject(value) || typeof value["lastPullAt"] !== "string") return undefined;
  const { lastPullAt, drainedTo, lastError } = value;
  return {
    lastPullAt,
    drainedTo: typeof drainedTo === "string" ? drainedTo : undefined,
    lastError: isJsonObject(lastError) ? toError(lastError) : undefined,
  };
}

function toError({ code, message, at }: JsonObject): JournalEntry["lastError"] {
  if (typeof code !== "string" || typeof message !== "string" || typeof at !== "string") return undefined;
  return { code, message, at };
}

import type { LogSource } from "../config/config.ts";
import { systemCode } from "../core/errors.ts";
import type { Journal } from "./journal.ts";
import { decodeSourceStatus, encodeSourceStatus, NEVER_VISITED, type SourceStatus } from "./source-status.ts";
import { waitingNoteName } from "./waiting-note.ts";

/** What a store must do to keep status objects. */
export interface StatusStore {
  /** Fails with the code ENOENT for what is not there. */
  readonly read: (path: string) => Promise<Uint8Array>;
  /** Writes a file or the whole of it anew, never half. */
  readonly replace: (path: string, bytes: Uint8Array) => Promise<void>;
}

/**
 * The status of log sources, an object for each in a store: read once when a visit begins, written once when it ends. Between
 * the two the journal works on what is in memory. Where two visits overlap, the later one's words stand: it is no state (P1).
 */
export interface StatusObjects {
  /** Notes of tables that belong to a log source which was not opened are forgotten. */
  readonly journal: Journal;
  /** Reads the object of a log source, anew each time. @throws the store's errors; the journal then begins empty */
  readonly open: (source: string) => Promise<SourceStatus>;
  /** Writes what the journal noted since, with what else is to be said. @throws the store's errors */
  readonly save: (source: string, status: Omit<SourceStatus, "entries" | "notes">) => Promise<void>;
}

/**
 * Opens the status objects of a deployment; nothing is read yet.
 *
 * @param options `folder` as the store's paths are: `s3://bucket/status`
 */
export function openStatusObjects(options: {
  readonly store: StatusStore;
  readonly folder: string;
  readonly sources: readonly Pick<LogSource, "name" | "tables">[];
}): StatusObjects {
  const { store, folder } = options;
  const owners = ownersOf(options.sources);
  const drafts = new Map<string, Draft>();
  const pathOf = (source: string): string => `${folder}/${source}.json`;
  const draftOf = (name: string): Draft | undefined => drafts.get(ownerOf(owners, name) ?? "");
  return {
    journal: journalOf(draftOf),
    open: async (source) => {
      drafts.set(source, { entries: new Map(), notes: new Map() });
      const found = await readStatus(store, pathOf(source));
      const [entries, notes] = [found.entries, found.notes].map((one) => new Map(Object.entries(one)));
      drafts.set(source, { entries, notes } as Draft);
      return found;
    },
    save: async (source, status) => {
      const { entries, notes } = drafts.get(source) ?? { entries: [], notes: [] };
      const whole = { ...status, entries: Object.fromEntries(entries), notes: Object.fromEntries(notes) };
      await store.replace(pathOf(source), new TextEncoder().encode(encodeSourceStatus(source, whole)));
    },
  };
}

interface Draft {
  readonly entries: Map<string, SourceStatus["entries"][string]>;
  readonly notes: Map<string, SourceStatus["notes"][string]>;
}

function journalOf(draftOf: (name: string) => Draft | undefined): Journal {
  return {
    write: (name, entry) => {
      draftOf(name)?.entries.set(name, entry);
      return Promise.resolve();
    },
    read: (name) => Promise.resolve(draftOf(name)?.entries.get(name)),
    writeNote: (name, note) => {
      draftOf(name)?.notes.set(name, note as SourceStatus["notes"][string]);
      return Promise.resolve();
    },
    readNote: (name) => Promise.resolve(draftOf(name)?.notes.get(name)),
  };
}

async function readStatus(store: StatusStore, path: string): Promise<SourceStatus> {
  try {
    return decodeSourceStatus(await store.read(path));
  } catch (error) {
    if (systemCode(error) === "ENOENT") return NEVER_VISITED;
    throw error;
  }
}

/** The log source of each name that the journal knows: of tables, and of the log sources' own notes. */
function ownersOf(sources: readonly Pick<LogSource, "name" | "tables">[]): ReadonlyMap<string, string> {
  return new Map(
    sources.flatMap(({ name, tables }) => [
      ...tables.map(({ resolvedName }) => [resolvedName, name] as const),
      [waitingNoteName(name), name] as const,
    ]),
  );
}

/** Behind a table's name there may stand a child account and what the note is about, each after a dot. */
function ownerOf(owners: ReadonlyMap<string, string>, name: string): string | undefined {
  return owners.get(name) ?? owners.get(name.split(".")[0] ?? "");
}

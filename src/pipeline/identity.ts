import { hash } from "node:crypto";
import { isJsonObject, type Json } from "../core/json.ts";
import type { Stream } from "../duo/tables/table.ts";
import type { Account } from "./account.ts";

/** Gives events their identity, counting equal ones where they have no id of their own. */
export interface Identifier {
  /**
   * @param event as Duo returned it
   * @param original its canonical text, `event.original`
   * @param fetchedAtMs when it was fetched; only a gauge's value is told apart by it
   * @returns 32 hexadecimal digits: the same for the same event in every pull, on every machine
   */
  readonly identify: (event: Json, original: string, fetchedAtMs: number) => string;
  /** Forgets the counts: the next page starts at the beginning of a second again. */
  readonly restart: () => void;
}

/**
 * Makes the identifier of one drain (invariant P3).
 *
 * An event with an id is its id; where Duo changes events later, each version is an event. An event without one is its canonical text and the number of equal events before it: all
 * equal events lie in one second, and a page or drain always shows a second from its beginning, so the numbers come out the
 * same each time and all of them are kept.
 */
export function createIdentifier(stream: Stream, account?: Account): Identifier {
  // The rows of all child accounts stand in one table: two accounts may have equal events without an id.
  const owner = account === undefined ? [] : [account.id];
  const occurrences = new Map<string, number>();
  return {
    identify: (event, original, fetchedAtMs) => {
      if (stream.paging === "gauge")
        return digest(JSON.stringify(["gauge", ...owner, fetchedAtMs, original]));
      const parts = isJsonObject(event) ? stream.identity(event) : undefined;
      // The kinds differ in their first part, so an id can never equal a canonical text.
      if (parts !== undefined) {
        const version = stream.hasVersions === true ? [digest(original)] : [];
        return digest(JSON.stringify(["id", ...owner, ...parts, ...version]));
      }
      const content = digest(original);
      const occurrence = occurrences.get(content) ?? 0;
      occurrences.set(content, occurrence + 1);
      return digest(JSON.stringify(["event", ...owner, content, occurrence]));
    },
    restart: () => occurrences.clear(),
  };
}

/** Half a SHA-256: two of 10^12 events are given one digest with a chance below 10^-14. */
export function digest(text: string): string {
  return hash("sha256", text, "hex").slice(0, 32);
}

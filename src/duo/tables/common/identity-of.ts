import type { Stream } from "../table.ts";

/**
 * Gives the identity rule of a stream whose events carry identifying texts under the given keys.
 *
 * An event where one of them is missing, null, empty or no text has no identity of its own.
 */
export function identityOf(keys: readonly string[]): Stream["identity"] {
  return (event) => {
    const parts: string[] = [];
    for (const key of keys) {
      const part = event[key];
      if (typeof part !== "string" || part === "") return undefined;
      parts.push(part);
    }
    return parts;
  };
}

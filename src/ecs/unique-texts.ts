import { isPlaceholder } from "./is-placeholder.ts";

/**
 * Collects a `related.*` list: each text once, in the order given, without empties and placeholders.
 *
 * @returns undefined when nothing is left, because empty lists are not stored
 */
export function uniqueTexts(texts: readonly (string | undefined)[]): readonly string[] | undefined {
  let found: string[] | undefined;
  for (const text of texts) {
    if (text === undefined || isPlaceholder(text)) continue;
    if (found === undefined) found = [text];
    else if (!found.includes(text)) found.push(text);
  }
  return found;
}

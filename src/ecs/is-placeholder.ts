const WORDS: ReadonlySet<string> = new Set(["-", "unknown", "none", "null", "n/a"]);
const LENGTH_MAX = 7;

/**
 * True for the texts that Duo writes where it has nothing to say: `-`, `unknown`, `none`, `null`, `n/a` in any
 * case, and blank text.
 *
 * They count as empty for addresses, geo and `related.*`, and stay as they are in `duo.*` columns.
 */
export function isPlaceholder(text: string): boolean {
  // Most texts are longer and have no blank at either end: nothing to copy or compare.
  if (text.length > LENGTH_MAX && isVisible(text, 0) && isVisible(text, text.length - 1)) return false;
  const word = text.trim();
  return word === "" || (word.length <= LENGTH_MAX && WORDS.has(word.toLowerCase()));
}

function isVisible(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code > 0x20 && code < 0x7f;
}

/**
 * Tells whether a question names a table, with whatever quotes and cases: `duo_auth` is not meant by `duo_auth_eu`. Pure.
 *
 * @param options `suffixes` make names of views that mean the table as well
 */
export function mentions(
  sql: string,
  name: string,
  { suffixes = [] }: { readonly suffixes?: readonly string[] } = {},
): boolean {
  const text = sql.toLowerCase();
  const word = name.toLowerCase();
  const isEnd = (rest: string): boolean => !/^[a-z0-9_]/.test(rest);
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (/[a-z0-9_]/.test(text[at - 1] ?? "")) continue;
    const rest = text.slice(at + word.length);
    if (["", ...suffixes].some((suffix) => rest.startsWith(suffix) && isEnd(rest.slice(suffix.length)))) {
      return true;
    }
  }
  return false;
}

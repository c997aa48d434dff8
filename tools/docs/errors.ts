import { ERROR_CODES } from "../../src/core/errors.ts";

const ROW = /^\| `([a-z_]+)` +\|/gm;

/**
 * Checks the hand-written table of `docs/errors.md` against the error codes of the program.
 *
 * @returns what is wrong, a line each: a code without a row, a row without a code, a code twice
 */
export function errorsProblems(text: string): readonly string[] {
  const documented = [...text.matchAll(ROW)].map((match) => match[1] as string);
  const known = new Set<string>(ERROR_CODES);
  const missing = ERROR_CODES.filter((code) => !documented.includes(code));
  const unknown = documented.filter((code) => !known.has(code));
  const twice = documented.filter((code, index) => documented.indexOf(code) !== index);
  return [
    ...missing.map((code) => `docs/errors.md: no row for the code ${code}`),
    ...unknown.map((code) => `docs/errors.md: the program has no code ${code}`),
    ...twice.map((code) => `docs/errors.md: more than one row for the code ${code}`),
  ];
}

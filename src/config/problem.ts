import { DuolakeError } from "../core/errors.ts";
import { compareCodePoints } from "../core/json.ts";

/** A place in a file; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One thing wrong with one file of the Matano directory. */
export interface ConfigProblem extends Position {
  /** Relative to the Matano directory, with `/`. */
  readonly file: string;
  readonly message: string;
}

/** What reading a directory found; every reader adds to the same one, so that nothing stops at the first. */
export interface Findings {
  readonly problems: ConfigProblem[];
  readonly warnings: ConfigProblem[];
}

/** Writes a problem as editors and CI logs understand it: `file:line:column: message`. */
export function problemLine(problem: ConfigProblem): string {
  return `${problem.file}:${problem.line}:${problem.column}: ${problem.message}`;
}

/** Sorts by file and position and leaves out repetitions. */
export function sortProblems(problems: readonly ConfigProblem[]): ConfigProblem[] {
  const sorted = [...problems].sort(
    (a, b) =>
      compareCodePoints(a.file, b.file) ||
      a.line - b.line ||
      a.column - b.column ||
      compareCodePoints(a.message, b.message),
  );
  return sorted.filter((problem, i) => i === 0 || problemLine(problem) !== problemLine(sorted[i - 1]!));
}

/** Makes the one error of a directory: a heading, then one line for each problem. */
export function configInvalid(dir: string, problems: readonly ConfigProblem[]): DuolakeError {
  const sorted = sortProblems(problems);
  const count = sorted.length === 1 ? "1 problem" : `${sorted.length} problems`;
  const message = `Cannot use the Matano directory ${dir}: ${count}\n${sorted.map(problemLine).join("\n")}`;
  return new DuolakeError("config_invalid", message, { cause: { problems: sorted } });
}

/** Gives the problems that a `config_invalid` error reports, sorted; none for any other error. */
export function configProblems(error: unknown): readonly ConfigProblem[] {
  if (!(error instanceof DuolakeError) || error.code !== "config_invalid") return [];
  const { cause } = error;
  if (typeof cause !== "object" || cause === null || !("problems" in cause)) return [];
  return cause.problems as readonly ConfigProblem[];
}

import { GOOD_SOURCE } from "./directory.ts";
import type { Files } from "./directory.ts";

/** A broken directory and every line that must be said about it. */
export interface ProblemCase {
  readonly what: string;
  readonly files: Files;
  readonly lines: readonly string[];
}

export const SOURCE = "log_sources/duo/log_source.yml";
export const AUTH = "log_sources/duo/tables/auth.yml";

export function inConfig(what: string, text: string, ...lines: readonly string[]): ProblemCase {
  return {
    what,
    files: { "matano.config.yml": text },
    lines: lines.map((line) => `matano.config.yml:${line}`),
  };
}

export function inSource(what: string, text: string, ...lines: readonly string[]): ProblemCase {
  return { what, files: { [SOURCE]: text }, lines: lines.map((line) => `${SOURCE}:${line}`) };
}

export function inAuth(what: string, text: string, ...lines: readonly string[]): ProblemCase {
  return {
    what,
    files: { [SOURCE]: GOOD_SOURCE, [AUTH]: text },
    lines: lines.map((line) => `${AUTH}:${line}`),
  };
}

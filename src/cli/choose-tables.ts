import type { App } from "../app.ts";
import type { PullSelection } from "../pull-all.ts";
import { findNamed } from "./find-named.ts";

/** Options that narrow a command down to some tables. */
export interface ChoiceOptions {
  readonly source?: string;
  readonly table?: string;
}

/**
 * What of the configuration the user named with `--source` and `--table`; everything where neither is given.
 *
 * @throws usage_invalid with a suggestion where there is no such log source or table
 */
export function chooseTables(app: App, { source, table }: ChoiceOptions): PullSelection {
  const sources =
    source === undefined
      ? app.sources
      : [findNamed(app.sources, { kind: "log source", name: source, nameOf: ({ name }) => name })];
  if (table !== undefined) {
    const tables = sources.flatMap(({ config }) => config.tables);
    findNamed(tables, { kind: "table", name: table, nameOf: ({ name }) => name });
  }
  return { sources, wants: (puller) => table === undefined || puller.table === table };
}

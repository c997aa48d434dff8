import type { App } from "./app.ts";
import { DuolakeError, type ErrorCode, errorText } from "./core/errors.ts";
import type { MaintainOptions, TableMaintenance } from "./lake/maintain/maintenance.ts";

/** A table of the lake that belongs to a log source. */
export interface KeptTable {
  readonly source: string;
  /** The short name; `dead_letter` and `completeness` are tables like the others here. */
  readonly table: string;
  /** The name in the lake. */
  readonly resolvedName: string;
}

/** What the maintenance of one table came to. */
export interface MaintainedTable extends KeptTable {
  /** Undefined where nothing was done. */
  readonly maintenance: TableMaintenance | undefined;
  readonly durationMs: number;
  /** `no_table`: nothing was ever pulled into it. */
  readonly skipped: "no_table" | undefined;
  readonly error: { readonly code: ErrorCode; readonly message: string } | undefined;
}

/** The tables that a log source may have in the lake, in the order of the registry, then those that hold what is not Duo's. */
export function keptTables({ name, config }: App["sources"][number]): readonly KeptTable[] {
  return tablesOfSource(
    name,
    config.tables.map((table) => table.name),
  );
}

/** The same from names: of the log source, and short ones of its tables. */
export function tablesOfSource(source: string, tables: readonly string[]): readonly KeptTable[] {
  return [...tables, "dead_letter", "completeness"].map((table) => ({
    source,
    table,
    resolvedName: `${source}_${table}`,
  }));
}

/**
 * Maintains tables one after the other, for the work is the processor's and the disk's. A failing table does not stop the
 * others (P4); after a stop the rest are left out.
 *
 * @param options as for `Lake.maintain`, and `onTable`, called before each table
 * @returns a result per table, in their order
 */
export async function maintainAll(
  app: App,
  tables: readonly KeptTable[],
  options: MaintainOptions & { readonly onTable?: (table: KeptTable) => void },
): Promise<MaintainedTable[]> {
  const results: MaintainedTable[] = [];
  for (const table of tables) {
    if (options.signal?.aborted) break;
    options.onTable?.(table);
    results.push(await maintainOne(app, table, options));
  }
  return results;
}

/** Maintains one table. Never throws. */
export async function maintainOne(
  { lake, clock }: Pick<App, "lake" | "clock">,
  table: KeptTable,
  options: MaintainOptions,
): Promise<MaintainedTable> {
  const startMs = clock.nowMs();
  const result = { ...table, maintenance: undefined, skipped: undefined, error: undefined };
  try {
    const maintenance = await lake.maintain(table.resolvedName, options);
    const durationMs = clock.nowMs() - startMs;
    if (maintenance === undefined) return { ...result, durationMs, skipped: "no_table" };
    return { ...result, maintenance, durationMs };
  } catch (error) {
    const code = error instanceof DuolakeError ? error.code : "internal";
    return { ...result, durationMs: clock.nowMs() - startMs, error: { code, message: errorText(error) } };
  }
}

import type { App } from "./app.ts";
import { DuolakeError, type ErrorCode } from "./core/errors.ts";
import { mapBounded } from "./core/map-bounded.ts";
import { LOG_TABLES } from "./duo/tables/index.ts";
import { planColumns } from "./lake/plan-columns.ts";
import type { EvolutionPlan } from "./lake/spec/plan-evolution.ts";

/** What the directory would do to one table of the lake with the next pull. */
export interface TableDifference {
  readonly source: string;
  /** The short name. */
  readonly table: string;
  /** The name in the lake. */
  readonly resolvedName: string;
  /**
   * `create`: there is none yet. `change`: columns are added or promoted. `refuse`: a column cannot be as configured, and nothing
   * is written. `unconfigured`: the lake has it, the directory does not; it stays. `unreadable`: the table cannot be used as it is.
   */
  readonly change: "none" | "create" | "change" | "refuse" | "unconfigured" | "unreadable";
  /** Undefined for tables that are unconfigured or unreadable. */
  readonly plan: EvolutionPlan | undefined;
  readonly error: { readonly code: ErrorCode; readonly message: string } | undefined;
}

/** A load is a few small reads. */
const LOAD_COUNT_MAX = 8;
/** Troubles of one table; all others are the lake's. */
const TABLE_CODES: ReadonlySet<ErrorCode> = new Set([
  "lake_metadata_invalid",
  "lake_format_unsupported",
] as const);

/**
 * Compares the directory with the lake. Only metadata is read, nothing is written, Duo is not asked.
 *
 * @returns for each log source its configured tables in the order of the registry, then those that only the lake has
 * @throws lake_*, package_missing where the lake cannot be read
 */
export async function diffLake(
  app: Pick<App, "config"> & { readonly lake: Pick<App["lake"], "load"> },
): Promise<TableDifference[]> {
  const wanted = app.config.logSources.flatMap(({ name: source, tables }) => [
    ...tables.map((config) => ({ source, table: config.name, resolvedName: config.resolvedName, config })),
    ...LOG_TABLES.filter(({ name }) => !tables.some((config) => config.name === name)).map(({ name }) => ({
      source,
      table: name,
      resolvedName: `${source}_${name}`,
      config: undefined,
    })),
  ]);
  const found = await mapBounded(wanted, LOAD_COUNT_MAX, async ({ config, ...name }) => {
    const result = { ...name, plan: undefined, error: undefined };
    try {
      const table = await app.lake.load(name.resolvedName);
      if (config === undefined) {
        return table === undefined ? undefined : { ...result, change: "unconfigured" as const };
      }
      const plan = planColumns(table, config.columns);
      return { ...result, change: changeOf(plan, table === undefined), plan };
    } catch (error) {
      if (!(error instanceof DuolakeError) || !TABLE_CODES.has(error.code)) throw error;
      const { code, message } = error;
      return { ...result, change: "unreadable" as const, error: { code, message } };
    }
  });
  return found.filter((difference) => difference !== undefined);
}

function changeOf({ conflicts, schema }: EvolutionPlan, isNew: boolean): TableDifference["change"] {
  if (conflicts.length > 0) return "refuse";
  if (isNew) return "create";
  return schema === undefined ? "none" : "change";
}

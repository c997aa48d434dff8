import type { Column } from "../core/columns.ts";
import type { ReadableTable } from "./lake.ts";
import { newTable } from "./spec/new-table.ts";
import { type EvolutionPlan, planEvolution } from "./spec/plan-evolution.ts";
import { internalsOf } from "./table.ts";

const TS: Column = { name: "ts", type: "timestamptz" };

/**
 * Says what `Lake.evolve`, or `Lake.create` where there is no table yet, would do to come to these columns. Nothing is read or
 * written.
 *
 * @param table undefined where there is none
 * @throws lake_format_unsupported where another engine added a column of a type that is not known here
 */
export function planColumns(table: ReadableTable | undefined, columns: readonly Column[]): EvolutionPlan {
  if (table !== undefined) return planEvolution(internalsOf(table).loaded.metadata, columns);
  const empty = newTable({ location: "", columns: [TS], properties: {}, nowMs: 0 });
  const plan = planEvolution(empty, columns);
  return { ...plan, added: [{ path: TS.name, type: "timestamptz" }, ...plan.added] };
}

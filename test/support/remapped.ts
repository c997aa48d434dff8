import type { JsonObject } from "../../src/core/json.ts";
import type { LogTable, Mapped } from "../../src/duo/tables/table.ts";
import type { TableContext } from "../../src/pipeline/table-context.ts";

/** Changes what a mapping made of an event. */
export type Remapping = (mapped: Mapped & { readonly kind: "row" }, event: JsonObject) => Mapped;

/** The context of a program whose mapping of the table differs; for tables whose streams have no mapping of their own. */
export function remapped(context: TableContext, change: Remapping): TableContext {
  const { table } = context;
  const map: LogTable["map"] = (event, at) => {
    const mapped = table.map(event, at);
    return mapped.kind === "row" ? change(mapped, event as JsonObject) : mapped;
  };
  return { ...context, table: { ...table, map } };
}

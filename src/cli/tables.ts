import type { Config, TableConfig } from "../config/config.ts";
import { typeText as shortType } from "../config/type-text.ts";
import { walkLeaves } from "../core/columns.ts";
import { stringifyJson } from "../core/json.ts";
import { findTable } from "../duo/tables/index.ts";
import { schemaOf } from "../lake/spec/schema.ts";
import { EXIT_DONE } from "./exit-codes.ts";
import { findNamed } from "./find-named.ts";
import { formatCount } from "./format.ts";
import type { Io } from "./io.ts";
import { type CommonOptions, loadContext } from "./load-context.ts";
import { textTable } from "./text-table.ts";
import { typeText } from "./type-text.ts";

export interface TablesCommandOptions extends CommonOptions {
  readonly format?: "table" | "iceberg";
}

/** `duolake tables [NAME]`: the tables, or one table's resolved schema with descriptions. */
export async function tables(
  name: string | undefined,
  options: TablesCommandOptions,
  io: Io,
): Promise<number> {
  const config = await loadContext(options, io);
  const chosen = name === undefined ? allTables(config) : [findTableConfig(config, name)];
  if (options.format === "iceberg") {
    const schemas = chosen.map(
      ({ resolvedName, columns }) =>
        [resolvedName, schemaOf(columns, { schemaId: 0, ids: { last: 0 } })] as const,
    );
    const only = name === undefined ? undefined : schemas[0]?.[1];
    io.out(`${stringifyJson(only ?? Object.fromEntries(schemas), 2)}\n`);
  } else if (options.json === true) {
    io.out(`${JSON.stringify({ tables: chosen.map(tableJson) })}\n`);
  } else if (name === undefined) {
    const rows = chosen.map((table) => [
      table.resolvedName,
      formatCount(leavesOf(table).length),
      findTable(table.name)?.description ?? "",
    ]);
    io.out(textTable([{ title: "table" }, { title: "columns", align: "right" }, { title: "holds" }], rows));
  } else {
    const rows = chosen
      .flatMap(leavesOf)
      .map(({ name: path, shortType: type, description }) => [path, type, description]);
    io.out(textTable([{ title: "column" }, { title: "type" }, { title: "description" }], rows));
  }
  return EXIT_DONE;
}

function allTables(config: Config): readonly TableConfig[] {
  return config.logSources.flatMap((source) => source.tables);
}

/** A table by its resolved name, or by its short name where only one log source has it. */
function findTableConfig(config: Config, name: string): TableConfig {
  const all = allTables(config);
  const short = all.filter((table) => table.name === name);
  if (short.length === 1) return short[0] as TableConfig;
  const isResolved =
    short.length > 1 || all.some((table) => table.resolvedName === name) || name.includes("duo");
  return findNamed(all, {
    kind: short.length > 1 ? "one table (several log sources have it)" : "table",
    name,
    nameOf: (table) => (isResolved ? table.resolvedName : table.name),
  });
}

interface Leaf {
  readonly name: string;
  readonly type: string;
  /** The same without the members of structs, short enough for a terminal. */
  readonly shortType: string;
  readonly description: string;
}

function leavesOf(table: TableConfig): Leaf[] {
  const leaves: Leaf[] = [];
  walkLeaves(table.columns, (path, column) => {
    const { type, doc } = column;
    leaves.push({ name: path, type: typeText(type), shortType: shortType(type), description: doc ?? "" });
  });
  return leaves;
}

function tableJson(table: TableConfig): Record<string, unknown> {
  return {
    table: table.name,
    name: table.resolvedName,
    description: findTable(table.name)?.description ?? null,
    columns: leavesOf(table).map(({ name, type, description }) => ({ name, type, description })),
  };
}

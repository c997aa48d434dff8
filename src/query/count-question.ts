import { isJsonObject, type Json, type JsonObject } from "../core/json.ts";
import { countsByDay, isOrderByAll } from "./counts-by-day.ts";
import { isCount } from "./is-of-day.ts";
import { isEmptyList, nodesOf, wordOf } from "./sql-nodes.ts";

/** The column of `dayWeightsSql` that says how many rows of the table one of its rows stands for. */
export const WEIGHT = "duolake.rows";
/** What `json_deserialize_sql` takes for `count(*)` of rows that stand for many. */
const SUM_OF_WEIGHTS: JsonObject = {
  class: "CAST",
  type: "OPERATOR_CAST",
  try_cast: false,
  cast_type: { id: "BIGINT", type_info: null },
  child: {
    class: "OPERATOR",
    type: "OPERATOR_COALESCE",
    alias: "",
    children: [
      {
        class: "FUNCTION",
        type: "FUNCTION",
        alias: "",
        function_name: "sum",
        schema: "",
        catalog: "",
        children: [{ class: "COLUMN_REF", type: "COLUMN_REF", alias: "", column_names: [WEIGHT] }],
        filter: null,
        order_bys: { type: "ORDER_MODIFIER", orders: [] },
        distinct: false,
        is_operator: false,
        export_state: false,
      },
      {
        class: "CONSTANT",
        type: "VALUE_CONSTANT",
        alias: "",
        value: { type: { id: "INTEGER", type_info: null }, is_null: false, value: 0 },
      },
    ],
  },
};
const COUNT_NAME = "count_star()";
/** What is looked at of a SELECT and of its table; another member would be something that is not known here. */
const NODE_KEYS = new Set(
  "type modifiers cte_map select_list from_table where_clause group_expressions group_sets aggregate_handling having sample qualify".split(
    " ",
  ),
);
const TABLE_KEYS = new Set(
  "type alias sample query_location schema_name table_name column_name_alias catalog_name at_clause".split(
    " ",
  ),
);

/** A table that a question may count, with its columns' names. */
interface Countable {
  readonly name: string;
  readonly columns: readonly { readonly name: string }[];
}

/**
 * Turns a question that only counts rows of one table by days (`countsByDay`) into one that is answered from how many rows each day
 * has. Pure.
 *
 * The answer is the same, names and types of its columns included, for the question looks at nothing but days and numbers of rows.
 * Whatever is not known here is left as it is.
 *
 * @param tree from `parseSql`
 * @returns the table, and the question to be put to a relation of its name (`dayWeightsSql`), as a tree; undefined where the
 *   question looks at more
 */
export function countQuestion<Table extends Countable>(
  tree: JsonObject,
  tables: readonly Table[],
): { readonly table: Table; readonly tree: JsonObject } | undefined {
  const [statement, ...others] = nodesOf(tree["statements"]);
  if (statement === undefined || others.length > 0 || !isEmptyList(statement["named_param_map"]))
    return undefined;
  const { node: select = null } = statement;
  const source = isJsonObject(select) ? tableOf(select) : undefined;
  if (source === undefined || !isJsonObject(select)) return undefined;
  const table = tables.find(({ name }) => name.toLowerCase() === source.name.toLowerCase());
  if (table === undefined) return undefined;
  const columns = new Set(table.columns.map(({ name }) => name.toLowerCase()));
  const qualifier = source.alias.toLowerCase();
  const isClear = !columns.has(qualifier) && !columns.has(WEIGHT) && !hasAlias(select, WEIGHT);
  if (!isClear || !countsByDay(select, { qualifier, columns })) return undefined;
  return { table, tree: { ...tree, statements: [{ ...statement, node: countingWeights(select) }] } };
}

/** The table that a SELECT reads, where it is one as it stands and the SELECT has no part that is not looked at. */
function tableOf(select: JsonObject): { readonly name: string; readonly alias: string } | undefined {
  const { cte_map: ctes = null, from_table: source = null, group_sets: sets = null } = select;
  const isSelect =
    select["type"] === "SELECT_NODE" &&
    Object.keys(select).every((key) => NODE_KEYS.has(key)) &&
    isJsonObject(ctes) &&
    isEmptyList(ctes["map"]) &&
    select["sample"] === null &&
    select["qualify"] === null &&
    Array.isArray(sets) &&
    sets.length <= 1;
  if (!isSelect || !isJsonObject(source)) return undefined;
  const isTable =
    source["type"] === "BASE_TABLE" &&
    Object.keys(source).every((key) => TABLE_KEYS.has(key)) &&
    source["sample"] === null &&
    source["at_clause"] === null &&
    source["schema_name"] === "" &&
    source["catalog_name"] === "" &&
    isEmptyList(source["column_name_alias"]);
  const name = wordOf(source["table_name"]);
  return isTable ? { name, alias: wordOf(source["alias"]) || name } : undefined;
}

function hasAlias(select: JsonObject, alias: string): boolean {
  return nodesOf(select["select_list"]).some((item) => wordOf(item["alias"]).toLowerCase() === alias);
}

function countingWeights(select: JsonObject): JsonObject {
  const items = nodesOf(select["select_list"]);
  return {
    ...(counting(select) as JsonObject),
    modifiers: nodesOf(select["modifiers"]).map((modifier) => counting(spelledOut(modifier, items.length))),
    select_list: items.map((item) => {
      const alias = isCount(item) && item["alias"] === "" ? COUNT_NAME : (item["alias"] ?? "");
      return { ...(counting(item) as JsonObject), alias };
    }),
  };
}

/** DuckDB writes `ORDER BY ALL` back as all columns of the table; so each thing selected is named by its number. */
function spelledOut(modifier: JsonObject, itemCount: number): JsonObject {
  if (!isOrderByAll(modifier)) return modifier;
  const [order = {}] = nodesOf(modifier["orders"]);
  const numbers = Array.from({ length: itemCount }, (_, index) => index + 1);
  const position = (value: number): JsonObject => ({
    class: "CONSTANT",
    type: "VALUE_CONSTANT",
    alias: "",
    value: { type: { id: "INTEGER", type_info: null }, is_null: false, value },
  });
  return { ...modifier, orders: numbers.map((value) => ({ ...order, expression: position(value) })) };
}

/** The same with each count of rows as the sum of what they stand for. */
function counting(node: Json): Json {
  if (isCount(node)) return { ...SUM_OF_WEIGHTS, alias: (node as JsonObject)["alias"] ?? "" };
  if (Array.isArray(node)) return (node as readonly Json[]).map(counting);
  if (!isJsonObject(node)) return node;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, counting(value)]));
}

import { isJsonObject, type Json, type JsonObject } from "../core/json.ts";
import { isCount, isOfDay, type TsName } from "./is-of-day.ts";
import { columnWords, hasNode, isEmptyList, nodesOf, wordOf } from "./sql-nodes.ts";

const LISTS_OF_STAR = ["exclude_list", "replace_list", "qualified_exclude_list", "rename_list"];

/**
 * True where a SELECT from one table does nothing but count rows by the day of `ts` or what is coarser: all that it selects, groups,
 * filters and orders by is one value for the rows of a day (`isOfDay`), and rows are put together. Pure.
 *
 * What `GROUP BY ALL` groups by is more than what is selected: DuckDB adds columns that conditions on groups, orders and terms beside
 * a count name. Those are taken only without a column.
 *
 * @param select a node of DuckDB's tree, whose FROM was looked at
 */
export function countsByDay(select: JsonObject, ts: TsName): boolean {
  const items = nodesOf(select["select_list"]);
  const groups = nodesOf(select["group_expressions"]);
  const isByAll = select["aggregate_handling"] === "FORCE_AGGREGATES";
  const isItem = isItemOf(items, ts);
  const isNull = (node: Json | undefined): boolean => node === null || node === undefined;
  const isOfGroup = (node: Json): boolean => isOfDay(node, ts) && !(isByAll && hasColumn(node));
  return (
    (groups.length > 0 || isByAll || items.some(isCount)) &&
    items.every((item) => isOfDay(item, ts) && isNamedItem(item)) &&
    groups.every((node) => isOfDay(node, ts) || isItem(node)) &&
    (isNull(select["where_clause"]) || isOfDay(select["where_clause"], ts)) &&
    (isNull(select["having"]) || isOfGroup(select["having"] ?? null)) &&
    nodesOf(select["modifiers"]).every(
      (modifier) =>
        isLimit(modifier) ||
        isOrderByAll(modifier) ||
        isOrder(modifier, (node) => isOfGroup(node) || isItem(node)),
    )
  );
}

/** `ORDER BY ALL`, which is the order of all that is selected. */
export function isOrderByAll(modifier: JsonObject): boolean {
  const [{ expression = null } = {}, ...others] = nodesOf(modifier["orders"]);
  return (
    modifier["type"] === "ORDER_MODIFIER" &&
    others.length === 0 &&
    isJsonObject(expression) &&
    expression["class"] === "STAR" &&
    expression["relation_name"] === "" &&
    expression["expr"] === null &&
    LISTS_OF_STAR.every((key) => isEmptyList(expression[key]))
  );
}

/** A term beside a count has an alias, since the name of its column is its text, which would be another; and it names no column. */
function isNamedItem(item: JsonObject): boolean {
  return isCount(item) || !hasNode(item, isCount) || (item["alias"] !== "" && !hasColumn(item));
}

/** Tells whether a word means something that is selected, and nothing else. */
function isItemOf(items: readonly JsonObject[], ts: TsName): (node: Json) => boolean {
  const aliases = new Set(items.map((item) => wordOf(item["alias"]).toLowerCase()));
  return (node) => {
    const [word = "", ...more] = columnWords(node);
    return word !== "" && more.length === 0 && aliases.has(word) && !ts.columns.has(word);
  };
}

function isOrder(modifier: JsonObject, isKnown: (node: Json) => boolean): boolean {
  return (
    modifier["type"] === "ORDER_MODIFIER" &&
    nodesOf(modifier["orders"]).every(({ expression = null }) => isKnown(expression))
  );
}

function isLimit({ type = null, limit = null, offset = null }: JsonObject): boolean {
  const isConstant = (node: Json): boolean =>
    node === null || (isJsonObject(node) && node["class"] === "CONSTANT");
  return type === "LIMIT_MODIFIER" && isConstant(limit) && isConstant(offset);
}

function hasColumn(node: Json): boolean {
  return hasNode(node, (below) => below["class"] === "COLUMN_REF");
}

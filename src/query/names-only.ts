import { isJsonObject, type Json, type JsonObject } from "../core/json.ts";
import { hasNode, isEmptyList, nodesOf, wordOf } from "./sql-nodes.ts";

/** The parts of a question beside its expressions, which have a class. PIVOT is not one of them: to bind it runs a question. */
const PARTS = new Set(
  (
    "SELECT_NODE SET_OPERATION_NODE RECURSIVE_CTE_NODE CTE_NODE BASE_TABLE SUBQUERY JOIN EMPTY EXPRESSION_LIST TABLE_FUNCTION " +
    "ORDER_MODIFIER LIMIT_MODIFIER LIMIT_PERCENT_MODIFIER DISTINCT_MODIFIER ORDER_DEFAULT ASCENDING DESCENDING"
  ).split(" "),
);
/** What is said of a type in a cast. */
const TYPE_INFO = /_TYPE_INFO$/;
/** Functions that make rows of their arguments. */
const OWN_ROWS = new Set(["range", "generate_series", "unnest"]);
/** DuckDB takes a name with an ending for that of a file. */
const PLAIN_NAME = /^\w+$/;

/**
 * True where a question can read nothing but the relations of these names and what it makes itself: no file, and no function that
 * opens one. Whatever is not known here makes it false. Pure.
 *
 * @param tree from `parseSql`
 * @param names in lower case
 */
export function namesOnly(tree: JsonObject, names: ReadonlySet<string>): boolean {
  const known = new Set([...names, ...namesOfParts(tree)]);
  return !hasNode(tree["statements"] ?? null, (node) => isForeign(node, known));
}

function isForeign(node: JsonObject, known: ReadonlySet<string>): boolean {
  const { type = null } = node;
  if (typeof type !== "string" || "class" in node) return false;
  if (type === "BASE_TABLE") return !isNamed(node, known);
  if (type === "TABLE_FUNCTION") return !makesOwnRows(node["function"] ?? null);
  return !PARTS.has(type) && !TYPE_INFO.test(type);
}

function isNamed(node: JsonObject, known: ReadonlySet<string>): boolean {
  const isBare = node["schema_name"] === "" && node["catalog_name"] === "";
  return isBare && known.has(wordOf(node["table_name"]).toLowerCase());
}

function makesOwnRows(call: Json): boolean {
  if (!isJsonObject(call)) return false;
  const isBare = call["schema"] === "" && call["catalog"] === "";
  return isBare && OWN_ROWS.has(wordOf(call["function_name"]).toLowerCase());
}

/** The names that the question gives to parts of its own, wherever they hold. */
function namesOfParts(node: Json): readonly string[] {
  if (typeof node !== "object" || node === null) return [];
  const own =
    isJsonObject(node) && isJsonObject(node["cte_map"]) && !isEmptyList(node["cte_map"]["map"])
      ? nodesOf(node["cte_map"]["map"]).map(({ key }) => wordOf(key).toLowerCase())
      : [];
  return [...own.filter((name) => PLAIN_NAME.test(name)), ...Object.values(node).flatMap(namesOfParts)];
}

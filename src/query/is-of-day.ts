import { isJsonObject, type Json, type JsonObject } from "../core/json.ts";
import { columnWords, isEmptyList, nodesOf, wordOf } from "./sql-nodes.ts";

const UNITS = new Set(["day", "week", "month", "quarter", "year"]);
const PARTS = new Set([...UNITS, "dow", "isodow", "doy", "isoyear"]);
/** Of an instant these tell something that is the same all day. */
const OF_DAY = new Set([
  "year",
  "quarter",
  "month",
  "week",
  "day",
  "dayofmonth",
  "dayofweek",
  "dayofyear",
  "isodow",
  "isoyear",
  "weekday",
  "weekofyear",
  "yearweek",
  "dayname",
  "monthname",
  "last_day",
]);
/** What `strftime` may write of an instant; hours and smaller are not among them. */
const DAY_FORMAT = /^(?:[^%]|%[YymdjuwaAbBUWGV%]|%-[mdjy])*$/;
/** These give the same for the same, within one question. */
const STEADY = new Set(
  [
    [...OF_DAY].join(" "),
    "+ - * / // % trunc round concat || make_date",
    "date_trunc datetrunc date_part datepart strftime",
    "to_days to_weeks to_months to_years today now",
  ].flatMap((names) => names.split(" ")),
);
const OPERATORS = new Set([
  "COMPARE_IN",
  "COMPARE_NOT_IN",
  "OPERATOR_NOT",
  "OPERATOR_IS_NULL",
  "OPERATOR_IS_NOT_NULL",
]);
const TODAY = "current_date";

/** How an expression may call the column. */
export interface TsName {
  /** What may stand before `ts.`, in lower case. */
  readonly qualifier: string;
  /** Names of the table's columns, in lower case: one called `current_date` would be meant by the word. */
  readonly columns: ReadonlySet<string>;
}

/**
 * True where an expression has one value for all instants of a day of UTC: it reads no column but `ts`, and of `ts` only the day
 * or what is coarser. Counting rows (`count(*)`) is allowed in it. Pure.
 *
 * Only what is known here is; anything else is taken to tell more of an instant than its day.
 *
 * @param expression a node of DuckDB's tree (`parseSql`), in a session whose time zone is UTC
 */
export function isOfDay(expression: Json | undefined, ts: TsName): boolean {
  if (!isJsonObject(expression)) return false;
  const all = (nodes: Json | undefined): boolean =>
    Array.isArray(nodes) && nodesOf(nodes).every((node) => isOfDay(node, ts));
  const { child, left, right, input, lower, upper, children } = expression;
  switch (wordOf(expression["class"])) {
    case "CONSTANT":
      return true;
    case "COLUMN_REF":
      return isToday(expression) && !ts.columns.has(TODAY);
    case "CAST":
      return isOfDay(child, ts) || (typeIdOf(expression) === "DATE" && isInstant(child, ts));
    case "COMPARISON":
      return all([left ?? null, right ?? null]);
    case "BETWEEN":
      return all([input ?? null, lower ?? null, upper ?? null]);
    case "CONJUNCTION":
      return all(children);
    case "OPERATOR":
      return OPERATORS.has(wordOf(expression["type"])) && all(children);
    case "FUNCTION":
      return (
        isPlainCall(expression) && (isCount(expression) || isSteady(expression, ts) || isOfTs(expression, ts))
      );
    default:
      return false;
  }
}

/** True for `count(*)` of all rows. */
export function isCount(expression: Json | undefined): boolean {
  return (
    isJsonObject(expression) &&
    expression["class"] === "FUNCTION" &&
    nameOf(expression) === "count_star" &&
    isPlainCall(expression)
  );
}

/** A call without FILTER, DISTINCT or an order, of a function of DuckDB's own. */
function isPlainCall(call: JsonObject): boolean {
  const orders = call["order_bys"];
  return (
    call["filter"] === null &&
    call["distinct"] === false &&
    call["export_state"] === false &&
    isJsonObject(orders) &&
    isEmptyList(orders["orders"]) &&
    (call["schema"] === "" || call["schema"] === "main") &&
    call["catalog"] === ""
  );
}

function isSteady(call: JsonObject, ts: TsName): boolean {
  return STEADY.has(nameOf(call)) && nodesOf(call["children"]).every((argument) => isOfDay(argument, ts));
}

/** A function of DuckDB that takes the instant itself and tells no more than its day. */
function isOfTs(call: JsonObject, ts: TsName): boolean {
  const [first, second, ...others] = nodesOf(call["children"]);
  if (others.length > 0) return false;
  switch (nameOf(call)) {
    case "date_trunc":
    case "datetrunc":
      return UNITS.has(textOf(first)?.toLowerCase() ?? "") && isInstant(second, ts);
    case "date_part":
    case "datepart":
      return PARTS.has(textOf(first)?.toLowerCase() ?? "") && isInstant(second, ts);
    case "strftime":
      return isInstant(first, ts) && DAY_FORMAT.test(textOf(second) ?? "%");
    default:
      return OF_DAY.has(nameOf(call)) && second === undefined && isInstant(first, ts);
  }
}

/** `ts`, also without its zone: `ts AT TIME ZONE 'UTC'`, `make_timestamp(epoch_us(ts))`. */
function isInstant(node: Json | undefined, ts: TsName): boolean {
  if (!isJsonObject(node)) return false;
  const words = columnWords(node);
  if (words.length > 0)
    return words.at(-1) === "ts" && (words.length === 1 || (words.length === 2 && words[0] === ts.qualifier));
  if (node["class"] !== "FUNCTION" || !isPlainCall(node)) return false;
  const [first, second, ...others] = nodesOf(node["children"]);
  if (others.length > 0) return false;
  if (nameOf(node) === "timezone") return textOf(first) === "UTC" && isInstant(second, ts);
  if (nameOf(node) !== "make_timestamp" || second !== undefined || !isJsonObject(first)) return false;
  const [instant, ...more] = nodesOf(first["children"]);
  const isMicros = first["class"] === "FUNCTION" && nameOf(first) === "epoch_us" && isPlainCall(first);
  return isMicros && more.length === 0 && isInstant(instant, ts);
}

function isToday(reference: JsonObject): boolean {
  const [word, ...more] = columnWords(reference);
  return word === TODAY && more.length === 0;
}

function typeIdOf({ cast_type: type = null }: JsonObject): Json {
  return isJsonObject(type) ? (type["id"] ?? null) : null;
}

function nameOf(call: JsonObject): string {
  return wordOf(call["function_name"]).toLowerCase();
}

function textOf(node: Json | undefined): string | undefined {
  const value = isJsonObject(node) && node["class"] === "CONSTANT" ? node["value"] : undefined;
  const text = isJsonObject(value ?? null) ? (value as JsonObject)["value"] : undefined;
  return typeof text === "string" ? text : undefined;
}

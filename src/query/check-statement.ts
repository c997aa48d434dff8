import type { DuckDBConnection, DuckDBPreparedStatement } from "@duckdb/node-api";
import { DuolakeError, errorText } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import { calledFunctions } from "./called-functions.ts";
import { parseSql } from "./parse-sql.ts";

/** A text of these alone holds no statement; DuckDB has no message of its own for that. */
const BLANKS_AND_COMMENTS = /\/\*[^]*?\*\/|--[^\n]*|[\s;]+/g;
const ONLY_QUESTIONS = "only questions are answered: SELECT, WITH, FROM, DESCRIBE, SUMMARIZE or SHOW TABLES";
const QUESTION =
  /^[\s(]*(?:select|with|from|values|table|describe|desc|summarize|show|explain|pivot|unpivot)\b/i;
const EXPLAIN = /^\s*explain(?:\s+analyze)?\b/i;
/** Functions that change the state of DuckDB, or run SQL that is a text and cannot be looked at here. */
const EFFECT =
  /^(?:(?:enable|disable|force|truncate)_\w+|checkpoint|write_log|query|json_execute_serialized_sql)$/i;

/**
 * Prepares a question, and refuses everything that is not one: `query` reads, it never changes a table or a file.
 *
 * EXPLAIN is let through for a question only, since EXPLAIN ANALYZE runs what it explains.
 *
 * @param options `tree`: of the text, from `parseSql`, where it is known already
 * @throws query_invalid where the text is no single SELECT, or DuckDB cannot understand it
 */
export async function checkStatement(
  connection: DuckDBConnection,
  { sql, tree: known }: { readonly sql: string; readonly tree?: JsonObject | undefined },
): Promise<DuckDBPreparedStatement> {
  const { StatementType } = await import("@duckdb/node-api");
  if (sql.replace(BLANKS_AND_COMMENTS, "") === "") throw invalid("it holds no statement", sql);
  // Said here because DuckDB's own words for the others speak of views and files that nobody asked about.
  if (!QUESTION.test(withoutComments(sql))) throw invalid(ONLY_QUESTIONS, sql);
  const tree = known ?? (await parseSql(connection, sql.replace(EXPLAIN, "")));
  const effect = tree && effectOf(tree);
  if (effect !== undefined) throw invalid(`function ${effect} does more than answer`, sql);
  const statement = await prepareOnly(connection, sql);
  if (tree === undefined) throw invalid(ONLY_QUESTIONS, sql);
  if (statement.statementType === StatementType.SELECT) return statement;
  if (statement.statementType === StatementType.EXPLAIN && EXPLAIN.test(sql)) {
    const explained = await prepareOnly(connection, sql.replace(EXPLAIN, ""));
    if (explained.statementType === StatementType.SELECT) return statement;
  }
  throw invalid(ONLY_QUESTIONS, sql);
}

/** The function of a parsed question that does more than answer, if it calls any; pure. */
export function effectOf(tree: JsonObject): string | undefined {
  return calledFunctions(tree).find((name) => EFFECT.test(name));
}

async function prepareOnly(connection: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement> {
  try {
    const statements = await connection.extractStatements(sql);
    if (statements.count !== 1) throw invalid(`one statement at a time, got ${statements.count}`, sql);
    return await statements.prepare(0);
  } catch (error) {
    throw error instanceof DuolakeError ? error : invalid(errorText(error), sql);
  }
}

/** The error of a question that cannot be answered as it stands. */
export function invalid(reason: string, sql: string): DuolakeError {
  const shown = sql.length > 200 ? `${sql.slice(0, 200)}…` : sql;
  return new DuolakeError("query_invalid", `Cannot answer the query: ${reason}\n  in: ${shown}`);
}

function withoutComments(sql: string): string {
  return sql.replace(/^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/, "");
}

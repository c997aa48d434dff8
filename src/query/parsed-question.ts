import type { JsonObject } from "../core/json.ts";
import type { ReadableTable } from "../lake/lake.ts";

/** A question before anything of it is bound. */
export interface ParsedQuestion {
  readonly sql: string;
  /** From `parseSql`; undefined where it is no question, or no SQL. */
  readonly tree: JsonObject | undefined;
  /** Those that it names. */
  readonly tables: readonly ReadableTable[];
}

import { stringifyJson } from "../../src/core/json.ts";
import type { Lake } from "../../src/lake/lake.ts";
import { openQuery } from "../../src/query/open-query.ts";

/** Every row of a table as our own query reads it, as NDJSON. */
export async function queriedRows(lake: Lake, name: string): Promise<string> {
  const { columns, rows } = await openQuery(lake, `SELECT * FROM ${name}`);
  let text = "";
  for await (const some of rows) {
    for (const row of some) {
      text += `${stringifyJson(Object.fromEntries(row.map((value, i) => [columns[i] ?? "", value])))}\n`;
    }
  }
  return text;
}

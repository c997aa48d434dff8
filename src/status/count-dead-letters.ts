import type { Lake } from "../lake/lake.ts";
import { type ColumnCell, readColumns } from "../lake/read-columns.ts";

/** How many dead letters a table of an account has. */
export type DeadLetterCounts = (table: string, account: string | undefined) => number;

/**
 * Counts the dead letters of one log source by table and account, reading nothing else of them. One that another engine deleted
 * by row counts until its file is rewritten: `status` must answer also then.
 *
 * @param name of their table: `duo_dead_letter`; where there is none, nothing was ever rejected
 * @throws lake_* where the table cannot be read
 */
export async function countDeadLetters(lake: Lake, name: string): Promise<DeadLetterCounts> {
  const counts = new Map<string, number>();
  const key = (of: ColumnCell | undefined, account: ColumnCell | undefined): string =>
    `${of ?? ""} ${account ?? ""}`;
  const table = await lake.load(name);
  if (table !== undefined) {
    // Versions before child accounts wrote none.
    const hasAccounts = table.columns.some((column) => column.name === "account_id");
    const paths = hasAccounts ? [["table"], ["account_id"]] : [["table"]];
    for await (const rows of readColumns(table, { paths, withDeletedRows: true })) {
      for (const [of, account] of rows) counts.set(key(of, account), (counts.get(key(of, account)) ?? 0) + 1);
    }
  }
  return (of, account) => counts.get(key(of, account)) ?? 0;
}

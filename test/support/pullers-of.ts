import type { App } from "../../src/app.ts";
import type { TablePuller } from "../../src/pipeline/table-puller.ts";

/** The pullers of a program, account by account; of one table where `table` is given. */
export async function pullersOf(app: App, table?: string): Promise<readonly TablePuller[]> {
  const accounts = await Promise.all(app.sources.map((source) => source.accounts()));
  const pullers = accounts.flat().flatMap((account) => account.pullers);
  return pullers.filter((puller) => table === undefined || puller.table === table);
}

/** The puller of one table of a program that has one account. */
export async function pullerOf(app: App, table: string): Promise<TablePuller> {
  const [puller] = await pullersOf(app, table);
  if (puller === undefined) throw new Error(`no such table: ${table}`);
  return puller;
}

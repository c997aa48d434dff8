import type { BoardKey } from "./board.ts";

/** The labels of a table's series; `account` only where a provider's child accounts are pulled. */
export function tableLabels({ source, table, account }: BoardKey): {
  readonly source: string;
  readonly table: string;
  readonly account?: string;
} {
  return account === undefined ? { source, table } : { source, table, account };
}

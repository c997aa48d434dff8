import type { Json, JsonObject } from "../core/json.ts";
import type { Row } from "../core/row.ts";
import type { Account } from "./account.ts";

/** Fills in what only the pull knows of an event: its identity, when it was fetched, whose it is. The row is changed and given back. */
export function withOrigin(
  row: Row,
  {
    hash,
    createdAt,
    account,
  }: { readonly hash: string; readonly createdAt: string; readonly account: Account | undefined },
): Row {
  // Every row has an `event` of its own.
  const fields = row["event"] as Record<string, Json>;
  fields["hash"] = hash;
  fields["created"] = createdAt;
  if (account !== undefined) row["cloud"] = { account: accountFields(account) };
  return row;
}

/** Duo need not name an account: then its column is null. */
function accountFields({ id, name }: Account): JsonObject {
  return name === "" ? { id } : { id, name };
}

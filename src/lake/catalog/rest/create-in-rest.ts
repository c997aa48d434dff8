import type { TableMetadata } from "../../spec/types.ts";
import type { Loaded } from "../catalog.ts";
import { CommitConflict } from "../catalog.ts";
import { createRequest } from "./create-request.ts";
import { type AccessHints, accessOf, loadedOf } from "./read-answer.ts";
import type { RestRequests } from "./rest-client.ts";
import { restError } from "./rest-error.ts";
import { RestFailure } from "./rest-failure.ts";

/**
 * Makes a table, and the namespace where there is none. Asked again after a lost answer, for a second table of the name cannot come
 * of it; a conflict is then perhaps with our own, and the caller takes what stands there either way.
 *
 * @throws CommitConflict; lake_unwritable, lake_metadata_invalid
 */
export async function createInRest(
  requests: RestRequests,
  table: { readonly name: string; readonly metadata: TableMetadata },
): Promise<{ readonly loaded: Loaded; readonly access: AccessHints }> {
  const { name } = table;
  const body = createRequest(name, table.metadata);
  const send = (): ReturnType<RestRequests["createTable"]> => requests.createTable(body);
  try {
    const answer = await send().catch(async (error: unknown) => {
      if (!(error instanceof RestFailure && error.status === 404)) throw error;
      await createNamespace(requests);
      return send();
    });
    return { loaded: loadedOf(name, answer), access: accessOf(answer) };
  } catch (error) {
    if (error instanceof RestFailure && error.status === 409) throw new CommitConflict(error.message);
    throw restError(error, `create table ${name} in the catalog`);
  }
}

/** Another may make it at the same time. */
async function createNamespace(requests: RestRequests): Promise<void> {
  try {
    await requests.createNamespace();
  } catch (error) {
    if (!(error instanceof RestFailure && error.status === 409)) throw error;
  }
}

import { DuolakeError } from "../../../core/errors.ts";
import type { TableRequirement, TableUpdate } from "../../spec/types.ts";
import type { Loaded } from "../catalog.ts";
import { CommitConflict, CommitUnknown } from "../catalog.ts";
import { loadedOf } from "./read-answer.ts";
import type { RestRequests } from "./rest-client.ts";
import { restError } from "./rest-error.ts";
import { RestFailure } from "./rest-failure.ts";

/**
 * Commits through the server (REST spec, `updateTable`). 409 is a conflict. 500, 502, 504, a connection that broke and an answer
 * that cannot be read say nothing, so that the caller looks; 429 and 503 are sent again.
 *
 * A conflict after a 503 may be with our own commit, which something between us and the server carried out all the same: that
 * is unknown too.
 *
 * @throws CommitConflict, CommitUnknown; lake_unwritable, lake_metadata_invalid
 */
export async function commitInRest(
  requests: RestRequests,
  change: {
    readonly base: Loaded;
    readonly requirements: readonly TableRequirement[];
    readonly updates: readonly TableUpdate[];
  },
): Promise<Loaded> {
  const { base, requirements, updates } = change;
  let mayHaveLanded = false;
  let answer: Awaited<ReturnType<RestRequests["commitTable"]>>;
  try {
    answer = await requests.commitTable(base.name, { requirements, updates }, (failure) => {
      mayHaveLanded ||= failure.status !== undefined && failure.status >= 500;
    });
  } catch (error) {
    if (!(error instanceof RestFailure)) throw error;
    if (error.isUnknown || (mayHaveLanded && (error.status === 409 || isStale(error) || error.isLater))) {
      throw new CommitUnknown(error);
    }
    if (error.status === 409 || isStale(error)) throw new CommitConflict(error.message);
    throw restError(error, `commit to table ${base.name} in the catalog`);
  }
  try {
    return loadedOf(base.name, answer);
  } catch (error) {
    // Carried out it was. What the table has become is refused by whoever looks, or it can be read then.
    if (error instanceof DuolakeError) throw new CommitUnknown(error);
    throw error;
  }
}

/**
 * Another committed to a branch, which no requirement of ours names, and took the sequence number. Iceberg's own code answers 409 since
 * 1.11, 400 before.
 */
function isStale({ status, message }: RestFailure): boolean {
  return status === 400 && /older than last sequence number/.test(message);
}

import type { Clock } from "../../core/clock.ts";
import type { Store } from "../store/store.ts";
import type { GlueRequests, GlueTable } from "./glue-client.ts";
import { glueError, glueFailure } from "./glue-error.ts";
import { glueRetried } from "./glue-retry.ts";

/** What the parts of the Glue catalog share. */
export interface GlueTools {
  readonly store: Store;
  readonly requests: GlueRequests;
  readonly clock: Clock;
  readonly database: string;
}

/** What Glue has of a table; undefined where there is no such table or no such database. */
export async function findTable(tools: GlueTools, name: string): Promise<GlueTable | undefined> {
  return asked(tools, "glue:GetTable", placeOf(tools, name), async () => {
    try {
      return await tools.requests.getTable(name);
    } catch (error) {
      if (isNotThere(error)) return undefined;
      throw error;
    }
  });
}

/**
 * Sends a request that changes nothing, or nothing when it is repeated, and gives its failure the words of `glueError`.
 *
 * @param action the permission's name
 * @param place what it is asked of
 */
export async function asked<T>(
  { clock }: GlueTools,
  action: string,
  place: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await glueRetried(clock, work);
  } catch (error) {
    throw glueError(error, { action, place });
  }
}

/** True where Glue says that what was asked for does not exist. */
export function isNotThere(error: unknown): boolean {
  return glueFailure(error).name === "EntityNotFoundException";
}

/** A table as messages name it. */
export function placeOf({ database }: GlueTools, name: string): string {
  return `${database}.${name}`;
}

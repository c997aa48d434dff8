import { DuolakeError } from "../core/errors.ts";
import { isJsonObject } from "../core/json.ts";
import type { DuoClient } from "./client.ts";

/** Counts authentication attempts by their result. */
export const ATTEMPTS_PATH = "/admin/v1/info/authentication_attempts";

/**
 * Asks Duo's own counter how many authentication attempts there were (Duo Admin API, "Authentication Attempts Report").
 *
 * @param range whole seconds, ms since 1970; `toMs` is not included
 * @returns the sum over all results
 * @throws what `client.get` throws; duo_response_invalid where the answer has no counts
 */
export async function readAttempts(
  client: DuoClient,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  signal?: AbortSignal,
): Promise<number> {
  const { response } = await client.get(
    ATTEMPTS_PATH,
    [
      ["mintime", String(Math.ceil(fromMs / 1000))],
      // Both ends are included.
      ["maxtime", String(Math.ceil(toMs / 1000) - 1)],
    ],
    { permission: "Grant read information", signal },
  );
  const counts = isJsonObject(response) ? response["authentication_attempts"] : undefined;
  if (!isJsonObject(counts)) {
    throw new DuolakeError(
      "duo_response_invalid",
      `Cannot read the number of authentication attempts: response.authentication_attempts must be an object, got ${typeof counts}`,
      { retryable: true },
    );
  }
  return Object.values(counts).reduce<number>(
    (sum, count) => sum + (typeof count === "number" ? count : 0),
    0,
  );
}

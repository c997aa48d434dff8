import type { DuoClient } from "./client.ts";
import type { Priority } from "./priority.ts";

/**
 * Gives the same account, asked with this priority: readers of pages need not know what they read for.
 *
 * @param client the account
 * @param priority takes the place of the one that a call names
 */
export function withPriority(client: DuoClient, priority: Priority): DuoClient {
  return { ...client, get: (path, params, options) => client.get(path, params, { ...options, priority }) };
}

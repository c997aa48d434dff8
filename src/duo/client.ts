import type { EndpointLimits } from "./endpoint-limits.ts";
import type { DuoAnswer } from "./exchange.ts";
import type { Priority } from "./priority.ts";
import { createRequestSender, type RequestSenderOptions } from "./request-sender.ts";
import type { ServerClock } from "./server-clock.ts";
import type { Params } from "./sign.ts";

export type { DuoObserver } from "./duo-observer.ts";

/** One Duo account, seen through signed requests. */
export interface DuoClient {
  readonly apiHostname: string;
  /**
   * Sends a signed GET and gives the content of its envelope; tries again within bounds what may pass by itself.
   *
   * @param path `/admin/…`
   * @param params in any order
   * @throws duo_* as `docs/errors.md` has them, what `secretKey` throws, stopped
   */
  readonly get: (path: string, params: Params, options: GetOptions) => Promise<DuoAnswer>;
  readonly serverClock: ServerClock;
  /** What Duo allows at each endpoint. */
  readonly limits: EndpointLimits;
}

export interface GetOptions {
  /** The permission that the endpoint needs; named in the error when it is missing. */
  readonly permission: string;
  /** Who goes first where several requests wait; default `live`. */
  readonly priority?: Priority | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface DuoClientOptions extends RequestSenderOptions {
  /**
   * A child account of a managed service provider, `DA…`: the keys are those of the parent's Accounts API application, and
   * every request says which child it is about (Duo Accounts API).
   */
  readonly accountId?: string | undefined;
}

/** Makes the client of one account. Nothing is sent and no secret is read before the first request. */
export function createDuoClient(options: DuoClientOptions): DuoClient {
  const { apiHostname, accountId } = options;
  const { send, serverClock, limits } = createRequestSender(options);
  const account: Params = accountId === undefined ? [] : [["account_id", accountId]];
  const get: DuoClient["get"] = (path, params, { permission, priority, signal }) =>
    send({ path, params: [...params, ...account], permission, priority, signal });
  return { apiHostname, get, serverClock, limits };
}

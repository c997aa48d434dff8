import type { Permission } from "../options.ts";
import { STREAMS, type StreamSpec } from "../streams.ts";
import { accountList } from "./accounts.ts";
import { cursorLog } from "./cursor-log.ts";
import type { Endpoint } from "./endpoint.ts";
import { authenticationAttempts, summary, telephonyCreditsUsed, userAuthenticationAttempts } from "./info.ts";
import { listLog } from "./list-log.ts";
import { trustMonitorEvents } from "./trust-monitor.ts";

/** A path that is answered, and what a request needs for it. */
export interface Route {
  readonly method: "GET" | "POST";
  /** Undefined for the Accounts API, which has no permissions of its own. */
  readonly permission: Permission | undefined;
  readonly stream: StreamSpec | undefined;
  readonly endpoint: Endpoint;
}

const INFO: Readonly<Record<string, Endpoint>> = {
  summary,
  telephony_credits_used: telephonyCreditsUsed,
  authentication_attempts: authenticationAttempts,
  user_authentication_attempts: userAuthenticationAttempts,
};

/** Every signed path. */
export const ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  ...STREAMS.map((stream): [string, Route] => [
    stream.path,
    { method: "GET", permission: "Grant read log", stream, endpoint: endpointOf(stream) },
  ]),
  ...Object.entries(INFO).map(([name, endpoint]): [string, Route] => [
    `/admin/v1/info/${name}`,
    { method: "GET", permission: "Grant read information", stream: undefined, endpoint },
  ]),
  [
    "/accounts/v1/account/list",
    { method: "POST", permission: undefined, stream: undefined, endpoint: accountList },
  ],
]);

function endpointOf(stream: StreamSpec): Endpoint {
  if (stream.convention === "cursor") return cursorLog(stream);
  return stream.convention === "list" ? listLog(stream) : trustMonitorEvents;
}

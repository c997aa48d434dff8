import type { Account } from "./dataset/account.ts";
import { ROUTES, type Route } from "./endpoints/routes.ts";
import { parseHttpDate } from "./http-date.ts";
import type { Settings } from "./options.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import { Refusal } from "./refusal.ts";
import { param, type DuoRequest } from "./request.ts";
import type { RetirementBook } from "./retirements.ts";
import { isSignatureValid } from "./signature.ts";

/** An application of the Admin Panel, which has keys and may call some of the API. */
export interface Application {
  readonly integrationKey: string;
  readonly secretKey: string;
  readonly type: Settings["applicationType"];
}

/** What requests are checked against. */
export interface Gate {
  readonly settings: Settings;
  /** The keys that are valid now. */
  readonly applications: () => readonly Application[];
  readonly retirements: RetirementBook;
  /** The main account first. */
  readonly accounts: readonly Account[];
  readonly limit: RateLimiter;
  /** The server's clock while it checks dates. */
  readonly dateNowMs: number;
  readonly nowMs: number;
}

/** A request that may be answered. */
export interface Admitted {
  readonly route: Route;
  readonly account: Account;
}

/**
 * Checks a request in the order in which Duo seems to: credentials, date, signature, address, permission, route,
 * rate. Only the address coming after the signature is known for certain.
 *
 * @throws Refusal at the first check that fails
 */
export function admit(request: DuoRequest, gate: Gate): Admitted {
  const { type } = authenticate(request, gate);
  const { settings, accounts } = gate;
  if (settings.allowedIps && !settings.allowedIps.includes(request.remoteAddress)) throw new Refusal(40301);
  const route = ROUTES.get(request.path);
  const accountId = param(request, "account_id");
  if (route) checkPermission(route, accountId, { type, granted: settings.permissions });
  if (!route) throw new Refusal(40401);
  if (route.method !== request.method) throw new Refusal(40501);
  const account =
    accounts.find((one) => one.accountId === accountId) ??
    (accountId === undefined ? accounts[0] : undefined);
  if (!account) throw new Refusal(40401);
  const gone = route.stream && gate.retirements.statusOf(route.stream, account.accountId);
  if (gone !== undefined) throw new Refusal(gone * 100 + 1);
  gate.limit(`${account.accountId} ${request.path}`, gate.nowMs);
  return { route, account };
}

function authenticate(request: DuoRequest, gate: Gate): Application {
  const { headers } = request;
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/.exec(headers["authorization"] ?? "")?.[1];
  const [integrationKey, signature] = Buffer.from(encoded ?? "", "base64")
    .toString("utf8")
    .split(":");
  if (!integrationKey || signature === undefined) throw new Refusal(40101);
  const application = gate.applications().find((one) => one.integrationKey === integrationKey);
  if (!application) throw new Refusal(40102);
  const date = headers["x-duo-date"] ?? headers["date"] ?? "";
  const dateMs = parseHttpDate(date);
  if (dateMs === undefined) throw new Refusal(40104);
  if (Math.abs(gate.dateNowMs - dateMs) > gate.settings.skewToleranceMs) throw new Refusal(40105);
  const { secretKey } = application;
  const valid = hostsOf(request, gate).some((host) =>
    isSignatureValid(request, { date, host, secretKey }, signature),
  );
  if (!valid) throw new Refusal(40103);
  return application;
}

/** A request for a child may be signed for the parent's host or for the child's. */
function hostsOf(request: DuoRequest, { accounts }: Gate): string[] {
  const accountId = param(request, "account_id");
  return accounts
    .filter((account, index) => index === 0 || account.accountId === accountId)
    .map(({ apiHostname }) => apiHostname.toLowerCase());
}

function checkPermission(
  route: Route,
  accountId: string | undefined,
  { type, granted }: Pick<Application, "type"> & { readonly granted: Settings["permissions"] },
): void {
  const isAccountsApi = route.permission === undefined;
  if (type === "admin" && (isAccountsApi || accountId !== undefined)) throw new Refusal(40301);
  if (type === "accounts" && !isAccountsApi && accountId === undefined) throw new Refusal(40301);
  if (route.permission && !granted.includes(route.permission)) throw new Refusal(40301);
}

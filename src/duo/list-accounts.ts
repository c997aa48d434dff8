import { DuolakeError } from "../core/errors.ts";
import { isJsonObject, type Json, stringifyJson } from "../core/json.ts";
import { createRequestSender, type RequestSenderOptions } from "./request-sender.ts";

/** A child account of a managed service provider. */
export interface ChildAccount {
  /** `DA` and 18 letters or digits. */
  readonly accountId: string;
  /** As the provider named it; may be empty, and need not be unique. */
  readonly name: string;
  /** Where the child's own logs are asked for; in lower case. */
  readonly apiHostname: string;
}

/** The parent's `apiHostname`, and the keys of its Accounts API application. */
export interface ListAccountsOptions extends RequestSenderOptions {
  /** Says what is wrong with a hostname, undefined when nothing is: signed requests go to no other host. */
  readonly apiHostnameProblem: (text: string) => string | undefined;
  /** An account that was left out, and why; the others are listed all the same. */
  readonly onLeftOut: (error: DuolakeError) => void;
  readonly signal?: AbortSignal | undefined;
}

const PATH = "/accounts/v1/account/list";
const ACCOUNT_ID = /^DA[A-Z0-9]{18}$/;
/** An entry goes into an error's text. */
const QUOTED_LENGTH_MAX = 200;

/**
 * Asks for the child accounts (Duo Accounts API, "Retrieve Accounts"), with the bounded retries of every other request.
 *
 * @returns the accounts that can be used, each once, by `accountId`
 * @throws duo_forbidden where the keys are those of another kind of application; duo_response_invalid where the answer is no
 *   list; what else a request throws
 */
export async function listAccounts(options: ListAccountsOptions): Promise<readonly ChildAccount[]> {
  const { signal } = options;
  const { send } = createRequestSender(options);
  const { response } = await send({ path: PATH, params: [], body: "{}", permission: "Accounts API", signal });
  if (!Array.isArray(response)) {
    throw new DuolakeError(
      "duo_response_invalid",
      `Cannot list the accounts of ${options.apiHostname}: response must be an array, got ${quoted(response)}`,
      { retryable: true },
    );
  }
  const accounts = new Map<string, ChildAccount>();
  for (const entry of response as readonly Json[]) {
    const account = readAccount(entry, options.apiHostnameProblem);
    if ("problem" in account) options.onLeftOut(leftOut(entry, account.problem));
    else if (accounts.has(account.accountId)) options.onLeftOut(leftOut(entry, "its id comes twice"));
    else accounts.set(account.accountId, account);
  }
  return [...accounts.values()].sort((a, b) => (a.accountId < b.accountId ? -1 : 1));
}

function readAccount(
  entry: Json,
  apiHostnameProblem: ListAccountsOptions["apiHostnameProblem"],
): ChildAccount | { readonly problem: string } {
  if (!isJsonObject(entry)) return { problem: "it must be an object" };
  const { account_id: accountId, api_hostname: apiHostname, name } = entry;
  if (typeof accountId !== "string" || !ACCOUNT_ID.test(accountId)) {
    return { problem: "its account_id must be DA and 18 capital letters or digits" };
  }
  if (typeof apiHostname !== "string") return { problem: "its api_hostname must be text" };
  const problem = apiHostnameProblem(apiHostname);
  if (problem !== undefined) return { problem: `its api_hostname ${problem}` };
  return { accountId, name: typeof name === "string" ? name : "", apiHostname: apiHostname.toLowerCase() };
}

function leftOut(entry: Json, problem: string): DuolakeError {
  const message = `Cannot use a child account: ${problem}, got ${quoted(entry)}`;
  return new DuolakeError("duo_response_invalid", message, { retryable: true });
}

function quoted(value: Json): string {
  return stringifyJson(value).slice(0, QUOTED_LENGTH_MAX);
}

import type { Clock } from "../../../core/clock.ts";
import type { Http } from "../../../core/http.ts";
import { isJsonObject, type JsonObject } from "../../../core/json.ts";
import { restAuth } from "./rest-auth.ts";
import type { RestFailure } from "./rest-failure.ts";
import type { RestChoice, RestReach } from "./rest-options.ts";
import { restRetried } from "./rest-retry.ts";
import { type RestRequest, restSend } from "./rest-send.ts";

/** Asks for credentials that open the table's files (REST spec, `data-access`). */
const DELEGATION = { "x-iceberg-access-delegation": "vended-credentials" };

/** The requests that the catalog sends. What may be sent again is; failures are RestFailure. */
export interface RestRequests {
  /** The answer to `loadTable`; throws with status 404 where there is no such table. */
  readonly loadTable: (name: string) => Promise<JsonObject>;
  /** One page of the tables' names; `from` is empty for the first. */
  readonly listTables: (
    from: string,
  ) => Promise<{ readonly names: readonly string[]; readonly next: string | undefined }>;
  /** Throws with status 409 where there is such a table, 404 where there is no such namespace. */
  readonly createTable: (body: object) => Promise<JsonObject>;
  /** Throws with status 409 where there is one. */
  readonly createNamespace: () => Promise<void>;
  /** Sent again only where the server says that nothing was done. `onRetry` is told before each. */
  readonly commitTable: (
    name: string,
    body: object,
    onRetry: (failure: RestFailure) => void,
  ) => Promise<JsonObject>;
}

/**
 * The requests of the Iceberg REST catalog API for one namespace. The server's configuration is asked for by the first of them
 * (REST spec, `getConfig`): it says where the rest of the paths begins.
 */
export function restRequests(options: {
  readonly choice: RestChoice;
  readonly database: string;
  readonly clock: Clock;
  readonly http: Http;
  readonly env: NonNullable<RestReach["env"]>;
}): RestRequests {
  const { choice, clock } = options;
  const send = restSend(options.http, restAuth(choice, options));
  const safely = (request: RestRequest): Promise<JsonObject> =>
    restRetried(clock, { isRepeatable: true }, () => send(request));
  let asked: Promise<string> | undefined;
  const root = (): Promise<string> => {
    asked ??= rootOf(choice, safely).catch((error: unknown) => {
      asked = undefined;
      throw error;
    });
    return asked;
  };
  const namespaces = async (): Promise<string> => `${await root()}/namespaces`;
  const tables = async (): Promise<string> => `${await namespaces()}/${escaped(options.database)}/tables`;
  return {
    loadTable: async (name) =>
      safely({ method: "GET", url: `${await tables()}/${escaped(name)}`, headers: DELEGATION }),
    listTables: async (from) => {
      const url = `${await tables()}?pageToken=${escaped(from)}`;
      const answer = await safely({ method: "GET", url });
      const names = (Array.isArray(answer["identifiers"]) ? answer["identifiers"] : [])
        .map((item: unknown) => (isJsonObject(item) ? item["name"] : undefined))
        .filter((name) => typeof name === "string");
      const next = answer["next-page-token"];
      return { names, next: typeof next === "string" && next !== "" ? next : undefined };
    },
    createTable: async (body) => safely({ method: "POST", url: await tables(), body, headers: DELEGATION }),
    createNamespace: async () => {
      const body = { namespace: [options.database], properties: {} };
      await safely({ method: "POST", url: await namespaces(), body });
    },
    commitTable: async (name, body, onRetry) => {
      const request: RestRequest = { method: "POST", url: `${await tables()}/${escaped(name)}`, body };
      return restRetried(clock, { isRepeatable: false, onRetry }, () => send(request));
    },
  };
}

/** Where the paths begin; the server's overrides win over the configuration, and that over the server's defaults. */
async function rootOf(
  choice: RestChoice,
  send: (request: RestRequest) => Promise<JsonObject>,
): Promise<string> {
  const uri = choice.uri.replace(/\/+$/, "");
  const query = choice.warehouse === undefined ? "" : `?warehouse=${escaped(choice.warehouse)}`;
  const { defaults, overrides } = await send({ method: "GET", url: `${uri}/v1/config${query}` });
  const prefix = textOf(overrides, "prefix") ?? choice.prefix ?? textOf(defaults, "prefix") ?? "";
  const base = (textOf(overrides, "uri") ?? uri).replace(/\/+$/, "");
  // A prefix may have slashes in it, and comes ready to be put into a path.
  return prefix === "" ? `${base}/v1` : `${base}/v1/${prefix.replace(/^\/+|\/+$/g, "")}`;
}

function textOf(map: unknown, key: string): string | undefined {
  const value = isJsonObject(map) ? map[key] : undefined;
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** As signatures want it: everything but A-Z, a-z, 0-9, `-`, `.`, `_` and `~`. */
function escaped(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

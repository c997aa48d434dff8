import type { Http, HttpRequest } from "../../../core/http.ts";
import type { JsonObject } from "../../../core/json.ts";
import { isJsonObject, parseJson, stringifyJson } from "../../../core/json.ts";
import type { RestAuth } from "./rest-auth.ts";
import { failureOf, unanswered, unreadable } from "./rest-failure.ts";

/** One request of the catalog's API. */
export interface RestRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  /** Written as JSON; 64-bit integers stay exact. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends one request and reads the answer's JSON object; an empty body is an empty one. Throws RestFailure. */
export type RestSend = (request: RestRequest) => Promise<JsonObject>;

/**
 * Sends requests with the proof of who asks, each once; where the proof was refused, once more with a new one if there is any.
 * A refused proof (401, or 419 for one that ran out) says that nothing was done.
 */
export function restSend(http: Http, auth: RestAuth): RestSend {
  const once = async (request: HttpRequest): ReturnType<Http> => {
    const proven = await auth.prove(request);
    return http(proven).catch((error: unknown) => {
      throw unanswered(error);
    });
  };
  return async ({ method, url, body, headers = {} }) => {
    const request: HttpRequest = {
      method,
      url,
      headers: {
        accept: "application/json",
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: stringifyJson(body) }),
    };
    let answer = await once(request);
    if ((answer.status === 401 || answer.status === 419) && auth.renew()) answer = await once(request);
    if (answer.status < 200 || answer.status >= 300) throw failureOf(answer);
    return jsonOf(answer.status, answer.body);
  };
}

function jsonOf(status: number, body: string): JsonObject {
  if (body === "") return {};
  let json: unknown;
  try {
    json = parseJson(body);
  } catch {
    throw unreadable(status, "the answer is no JSON");
  }
  if (!isJsonObject(json)) throw unreadable(status, "the answer is no JSON object");
  return json;
}

import { createHmac } from "node:crypto";

import type { Simulator } from "../../simulator/simulator.ts";
import type { RawEvent } from "../../simulator/streams.ts";

/** An instant on a working day; the simulator's clock of most tests. */
export const NOW_MS: number = Date.parse("2026-03-11T15:30:00Z");

/** What a request may deviate in. */
export interface CallOptions {
  readonly method?: string;
  readonly dateMs?: number;
  /** The text of the date header, in place of `dateMs`. */
  readonly date?: string;
  readonly secretKey?: string;
  readonly integrationKey?: string;
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer, parsed where it is JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: { readonly [key: string]: unknown };
}

/** Query parameters; several values repeat the key. */
export type Params = Readonly<Record<string, string | number | readonly string[]>>;

/** Sends one GET request signed with HMAC-SHA1 over five lines. */
export async function get(
  simulator: Simulator,
  path: string,
  { params = {}, ...options }: CallOptions & { readonly params?: Params } = {},
): Promise<Answer> {
  const query = Object.entries(params)
    .flatMap(([key, value]) => [value].flat().map((one) => `${encode(key)}=${encode(String(one))}`))
    .sort()
    .join("&");
  const date = options.date ?? new Date(options.dateMs ?? simulator.clock.nowMs()).toUTCString();
  const method = options.method ?? "GET";
  const text = [date, method, options.host ?? simulator.apiHostname, path, query].join("\n");
  const signature = createHmac("sha1", options.secretKey ?? simulator.secretKey())
    .update(text)
    .digest("hex");
  const credentials = `${options.integrationKey ?? simulator.integrationKey}:${signature}`;
  const headers = {
    date,
    authorization: `Basic ${Buffer.from(credentials).toString("base64")}`,
    ...options.headers,
  };
  const response = await fetch(`${simulator.url}${path}${query === "" ? "" : `?${query}`}`, {
    method,
    headers,
    redirect: "manual",
  });
  return answerOf(response);
}

/** Reads an answer to its end. */
export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  let body: unknown = {};
  try {
    body = JSON.parse(text);
  } catch {
    body = {};
  }
  return { status: response.status, headers: response.headers, text, body: body as RawEvent };
}

/** A page of a v2 log or Trust Monitor. */
export interface LogPage {
  readonly rows: RawEvent[];
  readonly next: string | readonly string[] | null | undefined;
  readonly total: unknown;
}

/** The rows of a v2 log or Trust Monitor and the cursor that came with them. */
export function pageOf(answer: Answer): LogPage {
  const response = answer.body["response"] as Readonly<Record<string, unknown>>;
  const rows = (response["authlogs"] ?? response["items"] ?? response["events"]) as RawEvent[];
  const metadata = response["metadata"] as RawEvent;
  return { rows, next: metadata["next_offset"] as LogPage["next"], total: metadata["total_objects"] };
}

/** Reads a v2 log oldest first, page by page, until an empty page. */
export async function drain(simulator: Simulator, path: string, params: Params): Promise<RawEvent[]> {
  const rows: RawEvent[] = [];
  let next: LogPage["next"] = null;
  for (let page = 0; page < 500; page += 1) {
    const cursor = next === null ? {} : { next_offset: [next ?? ""].flat().join(",") };
    const answer = pageOf(await get(simulator, path, { params: { sort: "ts:asc", ...params, ...cursor } }));
    if (answer.rows.length === 0) return rows;
    rows.push(...answer.rows);
    ({ next } = answer);
  }
  throw new Error("the log never ended");
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

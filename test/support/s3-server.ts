import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import type { S3Options } from "../../src/lake/store/s3-client.ts";
import { listening } from "../core/support/listening.ts";
import { type Answer, S3Buckets, S3Refusal } from "./s3-buckets.ts";

/** What the server does instead of answering as it should. */
export type S3Fault =
  /** `after`: the request is carried out, and then answered with this error all the same. */
  | {
      readonly kind: "error";
      readonly status: number;
      readonly code: string;
      readonly when: "before" | "after";
    }
  /** The connection breaks without an answer. */
  | { readonly kind: "hang up"; readonly when: "before" | "after" }
  /** The answer's body breaks off in the middle. */
  | { readonly kind: "half" }
  /** Nothing is answered before the promise is. */
  | { readonly kind: "slow"; readonly until: Promise<unknown>; readonly when: "before" | "after" };

/** One request as the server saw it. */
export interface S3Entry {
  /** S3's name of the operation: `PutObject`. */
  readonly operation: string;
  readonly bucket: string;
  readonly key: string;
  readonly isConditional: boolean;
  /** 0 where the connection was broken instead. */
  readonly status: number;
}

export interface S3ServerOptions {
  readonly buckets?: readonly string[];
  readonly region?: string;
  /** Takes no notice of `If-None-Match` and `If-Match`, as stores do that do not have them. */
  readonly ignoresConditions?: boolean;
  /** How many keys a page of a listing has at most; default 1,000. */
  readonly pageKeyCountMax?: number;
  /** Asked before each request is carried out. */
  readonly fault?: (request: { readonly operation: string; readonly key: string }) => S3Fault | undefined;
}

/** A small S3 on a port of this machine. */
export interface S3Server extends AsyncDisposable {
  readonly url: string;
  /** What a client needs to reach it. */
  readonly client: S3Options;
  /** The same for another process, or for a program that asks its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly ledger: readonly S3Entry[];
  readonly buckets: S3Buckets;
  /** Replaces the faults. */
  readonly setFault: (fault: NonNullable<S3ServerOptions["fault"]> | undefined) => void;
}

const ACCESS_KEY = "AKIDTEST";
const SECRET_KEY = "secret";

/** Starts the server: the part of S3 that a lake needs, with its conditions, errors and pages, and a ledger of all requests. */
export async function startS3Server(options: S3ServerOptions = {}): Promise<S3Server> {
  const region = options.region ?? "eu-central-1";
  const buckets = new S3Buckets(options.buckets ?? ["bucket"], {
    ignoresConditions: options.ignoresConditions ?? false,
    pageKeyCountMax: options.pageKeyCountMax ?? 1_000,
  });
  const ledger: S3Entry[] = [];
  let { fault } = options;
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "/", "http://s3");
    const [bucket = "", ...words] = url.pathname.slice(1).split("/");
    const key = decodeURIComponent(words.join("/"));
    const operation = operationOf(request.method ?? "", {
      key,
      query: url.searchParams,
      headers: request.headers,
    });
    const isConditional = "if-none-match" in request.headers || "if-match" in request.headers;
    const note = (status: number): void => {
      ledger.push({ operation, bucket, key, isConditional, status });
    };
    const body = decoded(await buffer(request), request.headers);
    const planned = fault?.({ operation, key });
    const carryOut = (): Answer => {
      try {
        checkAccess(request.headers.authorization, region);
        return buckets.answer({
          operation,
          bucket,
          key,
          query: url.searchParams,
          headers: request.headers,
          body,
        });
      } catch (error) {
        if (!(error instanceof S3Refusal)) throw error;
        return errorAnswer(error, request.method ?? "");
      }
    };
    const answer = await faulty(planned, { carryOut, method: request.method ?? "" });
    note(answer?.status ?? 0);
    if (answer === undefined) {
      request.socket.destroy();
      return;
    }
    const length = Number(answer.headers?.["content-length"] ?? answer.body.length);
    response.writeHead(answer.status, {
      ...answer.headers,
      "content-length": length,
      "x-amz-request-id": "TEST",
    });
    if (planned?.kind !== "half") response.end(answer.body);
    else response.write(answer.body.subarray(0, answer.body.length / 2), () => request.socket.destroy());
  };
  const server = await listening(
    createServer((request, response) => {
      serve(request, response).catch(() => request.socket.destroy());
    }),
  );
  const url = `http://127.0.0.1:${server.port}`;
  return {
    url,
    client: { endpoint: url, region, credentials: { accessKeyId: ACCESS_KEY, secretAccessKey: SECRET_KEY } },
    env: {
      AWS_ENDPOINT_URL_S3: url,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: ACCESS_KEY,
      AWS_SECRET_ACCESS_KEY: SECRET_KEY,
    },
    ledger,
    buckets,
    setFault: (next) => {
      fault = next;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function faulty(
  fault: S3Fault | undefined,
  { carryOut, method }: { readonly carryOut: () => Answer; readonly method: string },
): Promise<Answer | undefined> {
  if (fault === undefined || fault.kind === "half") return carryOut();
  if (fault.kind === "slow") {
    if (fault.when === "before") await fault.until;
    const answer = carryOut();
    await fault.until;
    return answer;
  }
  if (fault.when === "after") carryOut();
  if (fault.kind === "hang up") return undefined;
  return errorAnswer(new S3Refusal(fault.status, fault.code, "injected"), method);
}

function operationOf(
  method: string,
  request: {
    readonly key: string;
    readonly query: URLSearchParams;
    readonly headers: IncomingMessage["headers"];
  },
): string {
  const { key, query } = request;
  if (key === "")
    return method === "GET" ? "ListObjectsV2" : method === "POST" ? "DeleteObjects" : "HeadBucket";
  if (query.has("uploads")) return "CreateMultipartUpload";
  if (query.has("partNumber")) return "UploadPart";
  if (query.has("uploadId")) return method === "DELETE" ? "AbortMultipartUpload" : "CompleteMultipartUpload";
  const names: Readonly<Record<string, string>> = {
    PUT: "PutObject",
    GET: "GetObject",
    HEAD: "HeadObject",
    DELETE: "DeleteObject",
  };
  return names[method] ?? method;
}

/** The newer checksums come after the body, in chunks. */
function decoded(body: Buffer, headers: IncomingMessage["headers"]): Buffer {
  if (!(headers["content-encoding"] ?? "").includes("aws-chunked")) return body;
  const chunks: Buffer[] = [];
  for (let at = 0; ;) {
    const end = body.indexOf("\r\n", at);
    const size = Number.parseInt(body.toString("latin1", at, end), 16);
    if (!(size > 0)) return Buffer.concat(chunks);
    chunks.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}

function checkAccess(authorization: string | undefined, region: string): void {
  const scope = /Credential=([^/]+)\/\d{8}\/([^/]+)\/s3\/aws4_request/.exec(authorization ?? "");
  if (scope === null) throw new S3Refusal(403, "AccessDenied", "Access Denied");
  if (scope[1] !== ACCESS_KEY) {
    throw new S3Refusal(
      403,
      "InvalidAccessKeyId",
      "The AWS Access Key Id you provided does not exist in our records.",
    );
  }
  if (scope[2] !== region) {
    const text = `The authorization header is malformed; the region '${scope[2]}' is wrong; expecting '${region}'`;
    throw new S3Refusal(400, "AuthorizationHeaderMalformed", text, `<Region>${region}</Region>`);
  }
}

function errorAnswer(refusal: S3Refusal, method: string): Answer {
  const { status, code, message, more } = refusal;
  const text = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message>${more}</Error>`;
  // HEAD has no body, so nobody learns S3's word.
  const body = Buffer.from(method === "HEAD" ? "" : text);
  return { status, headers: { "content-type": "application/xml" }, body };
}

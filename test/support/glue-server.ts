import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import type { GlueOptions } from "../../src/lake/catalog/glue-client.ts";
import { listening } from "../core/support/listening.ts";
import { type GlueInput, GlueRefusal, GlueTables } from "./glue-tables.ts";

/** What the server does instead of answering as it should. */
export type GlueFault =
  /** `after`: the request is carried out, and then answered with this error all the same. */
  | {
      readonly kind: "error";
      readonly status: number;
      /** Glue's word (`ThrottlingException`); empty for an answer that is none of Glue's. */
      readonly word: string;
      readonly text?: string;
      readonly when: "before" | "after";
    }
  /** The connection breaks without an answer. */
  | { readonly kind: "hang up"; readonly when: "before" | "after" }
  /** The answer's body breaks off in the middle. */
  | { readonly kind: "half" }
  /** Nothing is answered before the promise is; `before`: nor carried out. */
  | { readonly kind: "slow"; readonly until: Promise<unknown>; readonly when: "before" | "after" };

/** One request as the server saw it. */
export interface GlueEntry {
  /** Glue's name of the operation: `UpdateTable`. */
  readonly operation: string;
  readonly catalogId: string | undefined;
  /** The version that an update was decided on. */
  readonly versionId: string | undefined;
  readonly skipsArchive: boolean;
  /** 0 where the connection was broken instead. */
  readonly status: number;
  /** The word of an error. */
  readonly word: string;
}

export interface GlueServerOptions {
  readonly region?: string;
  /** How many tables a page has at most; default 100. */
  readonly pageTableCountMax?: number;
  /** Asked before each request is carried out. */
  readonly fault?: (request: { readonly operation: string; readonly name: string }) => GlueFault | undefined;
}

/** A small Glue on a port of this machine. */
export interface GlueServer extends AsyncDisposable {
  readonly url: string;
  /** What a client needs to reach it. */
  readonly client: GlueOptions;
  /** The same for another process, or for a program that asks its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly ledger: readonly GlueEntry[];
  readonly tables: GlueTables;
  /** Replaces the faults. */
  readonly setFault: (fault: NonNullable<GlueServerOptions["fault"]> | undefined) => void;
}

interface Answer {
  readonly status: number;
  readonly word: string;
  readonly body: string;
}

const ACCESS_KEY = "AKIDTEST";
const SECRET_KEY = "secret";

/**
 * Starts the server: the part of the AWS Glue Data Catalog that a lake needs (JSON 1.1), with its versions, errors and pages, and a ledger
 * of all requests.
 */
export async function startGlueServer(options: GlueServerOptions = {}): Promise<GlueServer> {
  const region = options.region ?? "eu-central-1";
  const tables = new GlueTables({ pageTableCountMax: options.pageTableCountMax ?? 100 });
  const ledger: GlueEntry[] = [];
  let { fault } = options;
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const operation = String(request.headers["x-amz-target"] ?? "").replace(/^AWSGlue\./, "");
    const input = JSON.parse(await text(request)) as GlueInput;
    const planned = fault?.({ operation, name: input.TableInput?.Name ?? input.Name ?? "" });
    const answer = await faulty(planned, () => {
      try {
        checkAccess(request.headers.authorization, region);
        return { status: 200, word: "", body: JSON.stringify(tables.answer(operation, input)) };
      } catch (error) {
        if (!(error instanceof GlueRefusal)) throw error;
        return errorAnswer(error);
      }
    });
    ledger.push({
      operation,
      catalogId: input.CatalogId,
      versionId: input.VersionId,
      skipsArchive: input.SkipArchive === true,
      status: answer?.status ?? 0,
      word: answer?.word ?? "",
    });
    if (answer === undefined) {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status, {
      "content-type": "application/x-amz-json-1.1",
      "content-length": Buffer.byteLength(answer.body),
      "x-amzn-requestid": "TEST",
    });
    if (planned?.kind !== "half") response.end(answer.body);
    else response.write(answer.body.slice(0, answer.body.length / 2), () => request.socket.destroy());
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
      AWS_ENDPOINT_URL_GLUE: url,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: ACCESS_KEY,
      AWS_SECRET_ACCESS_KEY: SECRET_KEY,
    },
    ledger,
    tables,
    setFault: (next) => {
      fault = next;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function faulty(fault: GlueFault | undefined, carryOut: () => Answer): Promise<Answer | undefined> {
  if (fault === undefined || fault.kind === "half") return carryOut();
  if (fault.kind === "slow") {
    if (fault.when === "before") await fault.until;
    const answer = carryOut();
    await fault.until;
    return answer;
  }
  if (fault.when === "after") carryOut();
  if (fault.kind === "hang up") return undefined;
  if (fault.word === "") return { status: fault.status, word: "", body: "<html>not Glue</html>" };
  return errorAnswer(new GlueRefusal(fault.word, fault.text ?? "injected", fault.status));
}

function errorAnswer({ word, message, status }: GlueRefusal): Answer {
  return { status, word, body: JSON.stringify({ __type: word, Message: message }) };
}

function checkAccess(authorization: string | undefined, region: string): void {
  const scope = /Credential=([^/]+)\/\d{8}\/([^/]+)\/glue\/aws4_request/.exec(authorization ?? "");
  if (scope === null) throw new GlueRefusal("MissingAuthenticationTokenException", "Missing Token");
  if (scope[1] !== ACCESS_KEY) {
    throw new GlueRefusal(
      "UnrecognizedClientException",
      "The security token included in the request is invalid.",
    );
  }
  if (scope[2] !== region) {
    throw new GlueRefusal(
      "InvalidSignatureException",
      `Credential should be scoped to a valid region, not '${scope[2]}'.`,
    );
  }
}

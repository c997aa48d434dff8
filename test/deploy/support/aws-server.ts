import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import type { AwsAccess } from "../../../src/deploy/open-client.ts";
import { listening } from "../../core/support/listening.ts";

/** One request as it came. */
export interface AwsRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** The operation of the query and JSON protocols; empty for others. */
  readonly operation: string;
  /** Of the query protocol. */
  readonly form: Readonly<Record<string, string>>;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

export interface AwsAnswer {
  readonly status?: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An AWS endpoint on a port of this machine that answers as a test says. */
export interface AwsServer extends AsyncDisposable {
  readonly access: AwsAccess;
  readonly requests: readonly AwsRequest[];
}

/** @param answer gives the answer to a request; CloudFormation and STS speak XML, Glue and Secrets Manager JSON */
export async function startAws(answer: (request: AwsRequest) => AwsAnswer): Promise<AwsServer> {
  const requests: AwsRequest[] = [];
  const server = createServer((incoming, response) => {
    const reply = async (): Promise<void> => {
      const body = await text(incoming);
      const form = Object.fromEntries(new URLSearchParams(body));
      const target = String(incoming.headers["x-amz-target"] ?? "")
        .split(".")
        .at(-1);
      const { method = "", url = "", headers } = incoming;
      const request = { method, url, operation: form["Action"] ?? target ?? "", form, body, headers };
      requests.push(request);
      const { status = 200, body: said = "", headers: extra = {} } = answer(request);
      response.writeHead(status, { "content-type": "text/xml", ...extra });
      response.end(said);
    };
    void reply();
  });
  const { port, [Symbol.asyncDispose]: close } = await listening(server);
  return {
    access: {
      endpoint: `http://127.0.0.1:${port}`,
      region: "eu-central-1",
      credentials: { accessKeyId: "AKIDTEST", secretAccessKey: "secret" },
    },
    requests,
    [Symbol.asyncDispose]: close,
  };
}

/** An answer of the query protocol. */
export function xml(operation: string, result: string): AwsAnswer {
  return {
    body: `<${operation}Response xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><${operation}Result>${result}</${operation}Result></${operation}Response>`,
  };
}

/** A refusal of the query protocol. */
export function xmlError(code: string, message: string, status = 400): AwsAnswer {
  const body = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
  return { status, body };
}

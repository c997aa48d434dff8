import { createServer } from "node:http";
import { text as textOf } from "node:stream/consumers";
import type { SecretsManagerOptions } from "../../../src/secrets/secrets-manager.ts";
import { listening } from "../../core/support/listening.ts";

/** An answer in the place of the right one. */
export interface Refusal {
  readonly status: number;
  readonly type: string;
  readonly message?: string;
  /** The request is carried out all the same. */
  readonly isCarriedOut?: boolean;
}

/** A small Secrets Manager and Parameter Store on a port of this machine. */
export interface SecretsManagerServer extends AsyncDisposable {
  readonly client: SecretsManagerOptions;
  /** The names of the requests that came. */
  readonly requests: readonly string[];
  /** The bodies of requests to other services. */
  readonly others: readonly string[];
  /** The versions of each secret, the current one last. */
  readonly secrets: Map<string, string[]>;
  /** Secrets that wait to be deleted: they have a name and give nothing. */
  readonly scheduled: Set<string>;
  /** Answers the next requests, one each. */
  readonly refuse: (...refusals: readonly Refusal[]) => void;
}

interface Input {
  readonly Value?: string;
  readonly Type?: string;
  readonly Overwrite?: boolean;
  readonly WithDecryption?: boolean;
  readonly SecretId?: string;
  readonly Name?: string;
  readonly SecretString?: string;
  readonly ClientRequestToken?: string;
}

/**
 * Starts it; of its rules those that the store relies on are kept, such as the tokens that make a repeated write one.
 *
 * @param how.otherStatus what requests to other services are answered with
 * @param how.requestsPerSecondMax turns away what is more, as AWS does with a whole account
 */
export async function startSecretsManager(
  how: { readonly otherStatus?: number; readonly requestsPerSecondMax?: number } = {},
): Promise<SecretsManagerServer> {
  const secrets = new Map<string, string[]>();
  const scheduled = new Set<string>();
  const tokens = new Set<string>();
  const requests: string[] = [];
  const others: string[] = [];
  const refusals: Refusal[] = [];
  const isOverQuota = startQuota(how.requestsPerSecondMax ?? Infinity);
  const carryOut = (operation: string, input: Input): object | Refusal => {
    if (operation.endsWith("Parameter")) return carryOutParameter(secrets, operation, input);
    const name = input.SecretId ?? input.Name ?? "";
    const versions = secrets.get(name);
    if (scheduled.has(name)) {
      return refusal("InvalidRequestException", "the secret was marked for deletion.");
    }
    const text = input.SecretString ?? "";
    const token = `${name} ${input.ClientRequestToken}`;
    const isRepeated = tokens.has(token);
    if (operation === "CreateSecret") {
      if (versions !== undefined && !isRepeated)
        return refusal("ResourceExistsException", `the secret ${name} already exists.`);
      if (versions === undefined) secrets.set(name, [text]);
      tokens.add(token);
      return { Name: name };
    }
    if (versions === undefined) return refusal("ResourceNotFoundException", "there is no such secret.");
    if (operation === "GetSecretValue") return { Name: name, SecretString: versions.at(-1) };
    if (!isRepeated) versions.push(text);
    tokens.add(token);
    return { Name: name };
  };
  const server = createServer((request, response) => {
    const answerTo = async (): Promise<void> => {
      const body = await textOf(request);
      if (request.headers["x-amz-target"] === undefined) {
        others.push(body);
        response.writeHead(how.otherStatus ?? 200, { "content-type": "text/xml" });
        response.end("<Response/>");
        return;
      }
      const input = JSON.parse(body) as Input;
      const operation = String(request.headers["x-amz-target"]).split(".").at(-1) ?? "";
      requests.push(operation);
      const planned = isOverQuota() ? THROTTLED : refusals.shift();
      const isDone = planned === undefined || planned.isCarriedOut === true;
      const done = isDone ? carryOut(operation, input) : {};
      const answer = planned ?? done;
      const isRefused = isRefusal(answer);
      response.writeHead(isRefused ? answer.status : 200, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify(isRefused ? { __type: answer.type, message: answer.message } : answer));
    };
    void answerTo();
  });
  const { port, [Symbol.asyncDispose]: close } = await listening(server);
  return {
    client: {
      endpoint: `http://127.0.0.1:${port}`,
      region: "eu-central-1",
      credentials: { accessKeyId: "AKIDTEST", secretAccessKey: "secret" },
    },
    requests,
    others,
    secrets,
    scheduled,
    refuse: (...some) => refusals.push(...some),
    [Symbol.asyncDispose]: close,
  };
}

const THROTTLED: Refusal = { status: 400, type: "ThrottlingException", message: "Rate exceeded" };

/** As many requests as a second has are answered at once, then as they come in again. */
function startQuota(perSecond: number): () => boolean {
  let left = perSecond;
  let lastMs = performance.now();
  return () => {
    const nowMs = performance.now();
    left = Math.min(perSecond, left + ((nowMs - lastMs) / 1000) * perSecond);
    lastMs = nowMs;
    if (left < 1) return true;
    left -= 1;
    return false;
  };
}

/** The Parameter Store, with the rules that the store relies on. */
function carryOutParameter(
  secrets: Map<string, string[]>,
  operation: string,
  { Name = "", Value = "", Type, Overwrite, WithDecryption }: Input,
): object | Refusal {
  const versions = secrets.get(Name);
  if (operation === "GetParameter") {
    if (versions === undefined) return refusal("ParameterNotFound", "there is no such parameter.");
    const shown = WithDecryption === true ? versions.at(-1) : "AQICAHencrypted";
    return { Parameter: { Name, Type: "SecureString", Value: shown } };
  }
  if (Type !== "SecureString") return refusal("ValidationException", "a secret would be stored in clear.");
  if (versions !== undefined && Overwrite !== true)
    return refusal("ParameterAlreadyExists", "The parameter already exists.");
  secrets.set(Name, [...(versions ?? []), Value]);
  return { Version: (versions?.length ?? 0) + 1 };
}

function isRefusal(answer: object): answer is Refusal {
  return "type" in answer;
}

function refusal(type: string, message: string): Refusal {
  return { status: 400, type, message };
}

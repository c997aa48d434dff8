import { DuolakeError } from "../core/errors.ts";
import { checkSecret, checkSourceName } from "./check-secret.ts";
import { readSecretDocument, secretDocument } from "./secret-document.ts";
import type { SecretDocuments } from "./secret-documents.ts";
import { type Doing, secretFailure } from "./secret-failure.ts";
import type { Secret } from "./secret.ts";
import { SECRET_PLACEHOLDER } from "./store.ts";
import type { SecretStore } from "./store.ts";

/** One of the services of AWS that keep secrets. */
export interface SecretService {
  readonly documents: SecretDocuments;
  /** What stands before the log source in a name. */
  readonly prefix: string;
  /** `AWS Secrets Manager` */
  readonly title: string;
  /** The permission that each request needs. */
  readonly actions: Readonly<Record<Doing, string>>;
}

/**
 * Secrets as documents `{"secret_key":"…"}` of a service of AWS.
 *
 * `set` keeps the other members of the document. A placeholder is made only where nothing is; no secret is ever deleted here.
 */
export function documentSecretStore(service: SecretService): SecretStore {
  const { documents, prefix, title, actions } = service;
  const nameOf = (source: string): string => {
    checkSourceName(source);
    return `${prefix}${source}`;
  };
  const ask = async <T>(doing: Doing, name: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw secretFailure(error, { doing, name, action: actions[doing] });
    }
  };
  const read = async (source: string): Promise<Secret | "placeholder" | undefined> => {
    const name = nameOf(source);
    const text = await ask("read", name, () => documents.get(name));
    if (text === undefined) return undefined;
    const document = readSecretDocument(text);
    if ("found" in document) return document.found;
    throw new DuolakeError("secret_unreadable", `Cannot read the secret ${name}: ${document.problem}`);
  };
  return {
    status: async (source) => {
      const found = await read(source);
      return found === undefined ? "missing" : found === "placeholder" ? "placeholder" : "populated";
    },
    get: async (source) => {
      const found = await read(source);
      return found === "placeholder" ? undefined : found;
    },
    set: async (source, value) => {
      const name = nameOf(source);
      const key = checkSecret(source, value).reveal();
      const before = await ask("read", name, () => documents.get(name));
      if (before === undefined) {
        const text = secretDocument(key);
        if (await ask("create", name, () => documents.create(name, text))) return;
      }
      await ask("write", name, () => documents.put(name, secretDocument(key, before)));
    },
    createPlaceholder: async (source) => {
      const name = nameOf(source);
      return ask("create", name, () => documents.create(name, secretDocument(SECRET_PLACEHOLDER)));
    },
    describe: (source) => `the secret ${nameOf(source)} of ${title}`,
  };
}

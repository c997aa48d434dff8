import { join, resolve } from "node:path";

import { DuolakeError, systemCode } from "../core/errors.ts";
import { checkSecret, checkSourceName } from "./check-secret.ts";
import {
  PrivateFileRefused,
  createPrivateFile,
  readPrivateFile,
  replacePrivateFile,
} from "./private-file.ts";
import { readSecretDocument, secretDocument } from "./secret-document.ts";
import type { Secret } from "./secret.ts";
import { SECRET_PLACEHOLDER } from "./store.ts";
import type { SecretStore } from "./store.ts";

/**
 * Secrets in files under the Matano directory: `.duolake/secrets/<log source>.json`, readable by their owner only.
 *
 * @param dir the Matano directory
 */
export function localSecretStore(dir: string): SecretStore {
  const folder = join(resolve(dir), ".duolake", "secrets");

  function pathOf(source: string): string {
    checkSourceName(source);
    return join(folder, `${source}.json`);
  }

  async function read(source: string): Promise<Secret | "placeholder" | undefined> {
    const path = pathOf(source);
    try {
      const text = await readPrivateFile(path);
      return text === undefined ? undefined : parseSecretFile(text);
    } catch (error) {
      throw unreadable("read", path, error);
    }
  }

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
      const path = pathOf(source);
      const text = secretFileText(checkSecret(source, value).reveal());
      await replacePrivateFile(path, text).catch((error: unknown) => {
        throw unreadable("write", path, error);
      });
    },
    createPlaceholder: async (source) => {
      const path = pathOf(source);
      try {
        return await createPrivateFile(path, secretFileText(SECRET_PLACEHOLDER));
      } catch (error) {
        throw unreadable("write", path, error);
      }
    },
    describe: (source) => `the file ${pathOf(source)}`,
  };
}

function secretFileText(secret: string): string {
  return `${secretDocument(secret)}\n`;
}

function parseSecretFile(text: string): Secret | "placeholder" {
  const document = readSecretDocument(text);
  if ("problem" in document) throw new PrivateFileRefused(document.problem);
  return document.found;
}

/** No cause is kept: what another layer threw could quote the file. */
function unreadable(verb: "read" | "write", path: string, error: unknown): DuolakeError {
  const reason =
    error instanceof PrivateFileRefused ? error.message : (systemCode(error) ?? "unknown reason");
  return new DuolakeError("secret_unreadable", `Cannot ${verb} the secret file ${path}: ${reason}`);
}

import { checkSecret, checkSourceName } from "./check-secret.ts";
import type { Secret } from "./secret.ts";
import type { SecretStore } from "./store.ts";

/** Secrets that live as long as the process; the twin of the other stores for tests and trials. */
export function memorySecretStore(): SecretStore {
  const secrets = new Map<string, Secret | "placeholder">();

  function find(source: string): Secret | "placeholder" | undefined {
    checkSourceName(source);
    return secrets.get(source);
  }

  return {
    status: async (source) => {
      const found = find(source);
      return found === undefined ? "missing" : found === "placeholder" ? "placeholder" : "populated";
    },
    get: async (source) => {
      const found = find(source);
      return found === "placeholder" ? undefined : found;
    },
    set: async (source, value) => {
      checkSourceName(source);
      secrets.set(source, checkSecret(source, value));
    },
    createPlaceholder: async (source) => {
      if (find(source) !== undefined) return false;
      secrets.set(source, "placeholder");
      return true;
    },
    describe: (source) => `the memory of this process, under ${source}`,
  };
}

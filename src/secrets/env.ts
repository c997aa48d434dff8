import { DuolakeError } from "../core/errors.ts";
import { secretProblem } from "./check-secret.ts";
import { Secret } from "./secret.ts";
import { SECRET_PLACEHOLDER } from "./store.ts";
import type { SecretStore } from "./store.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment variable of a log source: `DUOLAKE_SECRET_KEY_DUO_PROD`. */
export function secretVariable(source: string): string {
  return `DUOLAKE_SECRET_KEY_${source.toUpperCase().replace(/[^A-Z0-9]/g, "_")}`;
}

/**
 * Puts the environment before a store: a variable that is set and not empty wins for reading.
 *
 * `set` and `createPlaceholder` go to the store; the environment cannot be written.
 */
export function withEnvironment(store: SecretStore, env: Environment): SecretStore {
  function read(source: string): Secret | undefined {
    const variable = secretVariable(source);
    const text = env[variable]?.trim() ?? "";
    if (text === "" || text === SECRET_PLACEHOLDER) return undefined;
    const problem = secretProblem(text);
    if (problem === undefined) return new Secret(text);
    throw new DuolakeError(
      "secret_unreadable",
      `Cannot use the environment variable ${variable}: ${problem}`,
    );
  }

  return {
    ...store,
    status: async (source) => (read(source) === undefined ? store.status(source) : "populated"),
    get: async (source) => read(source) ?? store.get(source),
    describe: (source) => {
      const text = env[secretVariable(source)]?.trim() ?? "";
      return text === "" || text === SECRET_PLACEHOLDER
        ? store.describe(source)
        : `the environment variable ${secretVariable(source)}`;
    },
  };
}

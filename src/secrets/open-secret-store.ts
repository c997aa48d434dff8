import { DuolakeError } from "../core/errors.ts";
import { withEnvironment } from "./env.ts";
import type { Environment } from "./env.ts";
import { localSecretStore } from "./local.ts";
import type { SecretStore } from "./store.ts";

/** Opens the store that a directory is configured with, behind the environment. Touches no file yet. */
export function openSecretStore(
  config: { readonly dir: string; readonly secrets: { readonly store: "local" | "aws" } },
  env: Environment,
): SecretStore {
  if (config.secrets.store === "aws") {
    const reason = "the store aws is not available yet, use local";
    throw new DuolakeError("config_invalid", `Cannot open the secrets of ${config.dir}: ${reason}`);
  }
  return withEnvironment(localSecretStore(config.dir), env);
}

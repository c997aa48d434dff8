import { awsSecretStore } from "./aws.ts";
import { withEnvironment } from "./env.ts";
import type { Environment } from "./env.ts";
import { localSecretStore } from "./local.ts";
import { secretsManager } from "./secrets-manager.ts";
import type { SecretStore } from "./store.ts";

/** Opens the store that a directory is configured with, behind the environment. Touches no file and sends nothing yet. */
export function openSecretStore(
  config: {
    readonly dir: string;
    readonly secrets: { readonly store: "local" | "aws"; readonly label: string };
  },
  env: Environment,
): SecretStore {
  const { store, label } = config.secrets;
  const kept = store === "aws" ? awsSecretStore(secretsManager({}), label) : localSecretStore(config.dir);
  return withEnvironment(kept, env);
}

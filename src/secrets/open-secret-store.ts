import { cloudSecretStore, type CloudStore } from "./cloud-secret-store.ts";
import { withEnvironment } from "./env.ts";
import type { Environment } from "./env.ts";
import { localSecretStore } from "./local.ts";
import type { SecretStore } from "./store.ts";

/** Opens the store that a directory is configured with, behind the environment. Touches no file and sends nothing yet. */
export function openSecretStore(
  config: {
    readonly dir: string;
    readonly secrets: { readonly store: "local" | CloudStore; readonly label: string };
  },
  env: Environment,
): SecretStore {
  const { store, label } = config.secrets;
  return withEnvironment(
    store === "local" ? localSecretStore(config.dir) : cloudSecretStore(store, label, {}),
    env,
  );
}

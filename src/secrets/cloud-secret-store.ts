import { awsSecretStore } from "./aws.ts";
import type { SecretAccess } from "./open-client.ts";
import { parameterStore } from "./parameter-store.ts";
import { secretsManager } from "./secrets-manager.ts";
import { ssmSecretStore } from "./ssm.ts";
import type { SecretStore } from "./store.ts";

/** Where in AWS secrets are: `aws` is Secrets Manager, `ssm` the Parameter Store. */
export type CloudStore = "aws" | "ssm";

/** Opens a store of AWS. Nothing is loaded or sent yet. @param label tells deployments of one account apart */
export function cloudSecretStore(store: CloudStore, label: string, access: SecretAccess): SecretStore {
  return store === "ssm"
    ? ssmSecretStore(parameterStore(access), label)
    : awsSecretStore(secretsManager(access), label);
}

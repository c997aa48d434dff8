import type { Config } from "../config/config.ts";
import { deployedStore } from "../deploy/deployed-store.ts";
import { cloudSecretStore } from "../secrets/cloud-secret-store.ts";
import { openSecretStore } from "../secrets/open-secret-store.ts";
import type { SecretStore } from "../secrets/store.ts";
import { awsAccess, type AwsOptions, labelOf } from "./aws-options.ts";
import type { Io } from "./io.ts";
import type { CommonOptions } from "./load-context.ts";

export interface SecretOptions extends CommonOptions, AwsOptions {
  /** The secrets of a deployment, wherever the directory keeps its own. */
  readonly aws?: boolean;
}

/** The store that a `secret` command works on: the directory's, or with `--aws` that of a deployment. */
export function chooseSecretStore(options: SecretOptions, config: Config, io: Io): SecretStore {
  if (options.aws !== true) return openSecretStore(config, io.env);
  // The environment of this machine says nothing about what the functions will read.
  return cloudSecretStore(deployedStore(config), labelOf(options, config), awsAccess(options, io));
}

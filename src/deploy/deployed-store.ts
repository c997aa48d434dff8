import type { Config } from "../config/config.ts";
import type { CloudStore } from "../secrets/cloud-secret-store.ts";
import type { StackFacts } from "./stacks.ts";

/** The names of the stores in the template's parameter `SecretStore`. */
const PARAMETER_VALUES: Readonly<Record<CloudStore, string>> = { aws: "secretsmanager", ssm: "ssm" };

/** Where a deployment of the directory has its secrets: a file on this machine is of no use there. */
export function deployedStore({ secrets }: Pick<Config, "secrets">): CloudStore {
  return secrets.store === "ssm" ? "ssm" : "aws";
}

/** The one that a deployment does not use. */
export function otherStore(store: CloudStore): CloudStore {
  return store === "ssm" ? "aws" : "ssm";
}

/** Its name for people. */
export function storeTitle(store: CloudStore): string {
  return store === "ssm" ? "the Parameter Store of AWS Systems Manager" : "AWS Secrets Manager";
}

/** The template's parameter `SecretStore`. */
export function storeParameter(store: CloudStore): string {
  return PARAMETER_VALUES[store];
}

/** Where the stack that is up has its secrets. */
export function storeOfStack({ parameters }: Pick<StackFacts, "parameters">): CloudStore {
  return parameters["SecretStore"] === PARAMETER_VALUES.ssm ? "ssm" : "aws";
}

import type { CloudStore } from "../secrets/cloud-secret-store.ts";
import { DuolakeError } from "../core/errors.ts";

/** What the template tells a function of its deployment. */
export interface DeployedEnvironment {
  /** Tells deployments of one account apart. */
  readonly label: string;
  readonly configBucket: string;
  /** `config/<sha256>.json`: another configuration has another key. */
  readonly configKey: string;
  /** `s3://bucket/prefix`. */
  readonly warehouse: string;
  readonly database: string;
  /** Where the secret keys are. */
  readonly secretStore: CloudStore;
}

/**
 * Reads what every function of a deployment is given.
 *
 * @throws config_invalid where a variable is missing or empty
 */
export function deployedEnvironment(env: Readonly<Record<string, string | undefined>>): DeployedEnvironment {
  const read = (name: string): string => requiredVariable(env, name);
  return {
    label: read("DUOLAKE_LABEL"),
    configBucket: read("DUOLAKE_CONFIG_BUCKET"),
    configKey: read("DUOLAKE_CONFIG_KEY"),
    warehouse: read("DUOLAKE_WAREHOUSE"),
    database: read("DUOLAKE_DATABASE"),
    secretStore: env["DUOLAKE_SECRET_STORE"] === "ssm" ? "ssm" : "aws",
  };
}

function requiredVariable(env: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = env[name];
  if (value !== undefined && value !== "") return value;
  throw new DuolakeError(
    "config_invalid",
    `Cannot start the function: the environment lacks ${name}, got ${value === undefined ? "none" : "an empty value"}; \`duolake deploy\` sets it`,
  );
}

import type { Config } from "../config/config.ts";
import { systemClock } from "../core/clock.ts";
import { DuolakeError } from "../core/errors.ts";
import type { AwsAccess } from "../deploy/open-client.ts";
import { openServices, type Services } from "../deploy/services.ts";
import type { Io } from "./io.ts";

/** Options that say which deployment in which account. */
export interface AwsOptions {
  readonly label?: string;
  readonly region?: string;
  readonly profile?: string;
}

/** Opens the services of an account; replaced in tests. */
export type OpenServices = (access: AwsAccess) => Services;

/** The services of a real account. */
export const openAccount: OpenServices = (access) => openServices(access, systemClock);

/**
 * How to reach the account.
 *
 * @throws usage_invalid for a region that cannot be one
 */
export function awsAccess({ region: given, profile }: AwsOptions, { env }: Io): AwsAccess {
  // The SDK itself does not know the variable of the AWS command line.
  const region = given ?? (env["AWS_REGION"] || env["AWS_DEFAULT_REGION"] || undefined);
  if (region !== undefined && !/^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/.test(region)) {
    throw new DuolakeError(
      "usage_invalid",
      `Cannot use the region: it must read like eu-central-1, got ${JSON.stringify(region)}`,
    );
  }
  const endpoint = env["AWS_ENDPOINT_URL"] || undefined;
  return {
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
    ...(endpoint !== undefined && { endpoint }),
  };
}

/**
 * The deployment's label: the option's, else the directory's.
 *
 * @throws usage_invalid for what can be none
 */
export function labelOf(options: AwsOptions, config: Pick<Config, "secrets">): string {
  const label = options.label ?? config.secrets.label;
  if (/^[a-z0-9][a-z0-9-]{0,30}$/.test(label)) return label;
  throw new DuolakeError(
    "usage_invalid",
    `Cannot use the label: it must be 1 to 31 lower-case letters, digits and -, and begin with a letter or digit, got ${JSON.stringify(label.slice(0, 80))}`,
  );
}

/** The options as they are given again to another command: `--label prod --region eu-west-1`. */
export function flagsOf({ label, region, profile }: AwsOptions): string {
  return Object.entries({ label, region, profile })
    .flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${value}`]))
    .join(" ");
}

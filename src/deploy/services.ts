import type { Clock } from "../core/clock.ts";
import { cloudSecretStore, type CloudStore } from "../secrets/cloud-secret-store.ts";
import type { SecretStore } from "../secrets/store.ts";
import { accountLimits, type AccountLimits } from "./account-limits.ts";
import { type Buckets, s3Buckets } from "./buckets.ts";
import { cloudFormationStacks } from "./cloudformation.ts";
import { type DataCatalog, glueDataCatalog } from "./data-catalog.ts";
import { type Identity, stsIdentity } from "./identity.ts";
import type { AwsAccess } from "./open-client.ts";
import { parameterNames } from "./parameter-names.ts";
import { secretNames, type SecretNames } from "./secret-names.ts";
import type { Stacks } from "./stacks.ts";

/** What a deployment may touch of an account: injected, so that tests deploy without one. */
export interface Services {
  readonly clock: Clock;
  readonly identity: Identity;
  readonly stacks: Stacks;
  readonly buckets: Buckets;
  readonly catalog: DataCatalog;
  readonly limits: (region: string) => AccountLimits;
  readonly secrets: (label: string, store: CloudStore) => SecretStore;
  readonly secretNames: (store: CloudStore) => SecretNames;
}

/** The services of a real account. No package is loaded and nothing is sent yet. */
export function openServices(access: AwsAccess, clock: Clock): Services {
  return {
    clock,
    identity: stsIdentity(access),
    stacks: cloudFormationStacks(access),
    buckets: s3Buckets(access),
    catalog: glueDataCatalog(access),
    limits: (region) => accountLimits(access, region),
    secrets: (label, store) => cloudSecretStore(store, label, access),
    secretNames: (store) => (store === "ssm" ? parameterNames(access) : secretNames(access)),
  };
}

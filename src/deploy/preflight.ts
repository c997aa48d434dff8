import type { Config } from "../config/config.ts";
import { DuolakeError } from "../core/errors.ts";
import { mapBounded } from "../core/map-bounded.ts";
import type { SecretStatus } from "../secrets/store.ts";
import { asked } from "./asked.ts";
import type { CatalogDatabase } from "./data-catalog.ts";
import type { Caller } from "./identity.ts";
import { countSteps } from "./count-steps.ts";
import { deployedStore } from "./deployed-store.ts";
import type { Services } from "./services.ts";
import { stackName, stackState, type StackState } from "./stack-state.ts";
import type { StackFacts } from "./stacks.ts";
import { checkLabelLength, codeBucketName, lakeBucketName } from "./upload-deployment.ts";

/** What is true of an account before a deployment changes anything. */
export interface Preflight {
  readonly caller: Caller;
  readonly stack: StackFacts | undefined;
  readonly state: StackState;
  /** In the order of the directory. */
  readonly secrets: readonly { readonly source: string; readonly status: SecretStatus }[];
  /** The Glue database as it is; undefined where there is none. */
  readonly database: CatalogDatabase | undefined;
  /** Undefined is what could not be read. */
  readonly lambdaConcurrency: number | undefined;
  readonly isLakeFormationOnly: boolean | undefined;
}

/** Secrets Manager allows thousands of reads a second, the Parameter Store 40; fleets have thousands of secrets. */
const SECRET_READ_COUNT_MAX = 8;

/**
 * Looks at the account that a directory is to be deployed to. Nothing is changed.
 *
 * @param step hears how far it is where there are hundreds of log sources
 * @throws aws_credentials_invalid, aws_forbidden, aws_unreachable, deploy_refused where the stack cannot be changed now or another
 *   account has the name of a bucket, secret_unreadable for a secret that is scheduled for deletion or damaged, usage_invalid for the wrong region
 */
export async function preflight(
  services: Services,
  { config, label }: { readonly config: Config; readonly label: string },
  step?: (text: string) => void,
): Promise<Preflight> {
  if (config.logSources.length === 0) {
    throw new DuolakeError("deploy_refused", `Cannot deploy ${config.dir}: it has no Duo log source`);
  }
  const caller = await findCaller(services);
  checkRegion(config, caller.region);
  checkLabelLength(label, caller);
  const name = stackName(label);
  const stack = await asked(`read the stack ${name}`, () => services.stacks.describe(name));
  const state = stackState(stack, label, "deploy");
  // What is up has its buckets.
  if (state !== "ready") await checkBuckets(services, label, caller);
  const store = services.secrets(label, deployedStore(config));
  const count = countSteps(step, { doing: "looking for secrets", total: config.logSources.length });
  const secrets = await mapBounded(config.logSources, SECRET_READ_COUNT_MAX, async ({ name: source }) => {
    const status = await store.status(source);
    count();
    return { source, status };
  });
  const { database: databaseName } = config.lake;
  const database = await asked(`read the Glue database ${databaseName}`, () =>
    services.catalog.database(databaseName),
  );
  const limits = services.limits(caller.region);
  const [lambdaConcurrency, isLakeFormationOnly] = await Promise.all([
    limits.lambdaConcurrency(),
    limits.isLakeFormationOnly(),
  ]);
  return { caller, stack, state, secrets, database, lambdaConcurrency, isLakeFormationOnly };
}

/** A bucket of the account's own is no obstacle: it is what a removed deployment left. */
async function checkBuckets({ buckets }: Services, label: string, caller: Caller): Promise<void> {
  for (const bucket of [codeBucketName(label, caller), lakeBucketName(label, caller)])
    await asked(`look for the bucket ${bucket}`, () => buckets.exists(bucket, caller.account));
}

/** Says who asks and where; throws what `awsFailure` makes of it. */
export function findCaller(services: Pick<Services, "identity">): Promise<Caller> {
  return asked("ask AWS who the credentials belong to", () => services.identity.caller());
}

function checkRegion({ lake: { catalog } }: Config, region: string): void {
  if (catalog.type !== "glue" || catalog.region === undefined || catalog.region === region) return;
  throw new DuolakeError(
    "usage_invalid",
    `Cannot deploy: the directory has its catalog in ${catalog.region} (lake.catalog.region), got the region ${region}; set --region`,
  );
}

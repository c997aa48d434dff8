import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deployedConfigLoader } from "../aws/load-deployed-config.ts";
import { statusFolder } from "../aws/status-folder.ts";
import type { Config } from "../config/config.ts";
import { systemClock } from "../core/clock.ts";
import { DuolakeError } from "../core/errors.ts";
import type { AwsAccess } from "../deploy/open-client.ts";
import { storeOfStack } from "../deploy/deployed-store.ts";
import type { StackFacts } from "../deploy/stacks.ts";
import type { Lake } from "../lake/lake.ts";
import { openLake } from "../lake/open-lake.ts";
import { openS3 } from "../lake/open-s3.ts";
import { openStatusObjects, type StatusObjects } from "../status/status-objects.ts";
import { loadDirectory } from "./load-context.ts";

/** What a deployment in AWS works on, opened to be looked at. */
export interface Deployed extends AsyncDisposable {
  /** The directory as it was deployed. */
  readonly config: Config;
  readonly lake: Lake;
  readonly statuses: StatusObjects;
}

/**
 * Opens the lake and the status objects of a deployment, and the directory that travelled with it.
 *
 * @throws deploy_refused where the stack is not complete; config_invalid, and the store's own errors
 */
export async function openDeployed(
  { name, outputs, parameters }: Pick<StackFacts, "name" | "outputs" | "parameters">,
  access: AwsAccess,
): Promise<Deployed> {
  const output = (key: string): string => {
    const value = outputs[key];
    if (value !== undefined && value !== "") return value;
    throw new DuolakeError(
      "deploy_refused",
      `Cannot look into the deployment: the stack ${name} has no output ${key}, got ${Object.keys(outputs).length} others; deploy again`,
    );
  };
  const [warehouse, database] = [output("Warehouse"), output("DatabaseName")];
  const temporaryFolder = await mkdtemp(join(tmpdir(), "duolake-deployed-"));
  const s3 = { ...access };
  const store = openS3({ clock: systemClock, s3, localFolder: temporaryFolder });
  const dispose = (): Promise<void> => rm(temporaryFolder, { recursive: true, force: true });
  try {
    const load = deployedConfigLoader({ store, load: loadDirectory, temporaryFolder });
    const deployed = await load({
      label: output("LabelOut"),
      configBucket: output("CodeBucketName"),
      configKey: output("ConfigKeyOut"),
      warehouse,
      database,
      secretStore: storeOfStack({ parameters }),
    });
    const config = await deployed.load();
    const lake = await openLake({
      ...config.lake,
      clock: systemClock,
      s3,
      glue: { ...access },
      localFolder: temporaryFolder,
    });
    const sources = config.logSources;
    const statuses = openStatusObjects({ store, folder: statusFolder(warehouse), sources });
    return { config, lake, statuses, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

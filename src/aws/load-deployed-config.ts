import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Config } from "../config/config.ts";
import type { Store } from "../lake/store/store.ts";
import type { DeployedEnvironment } from "./deployed-environment.ts";
import { unpackConfiguration } from "./unpack-configuration.ts";

export interface DeployedConfigOptions {
  readonly store: Pick<Store, "read">;
  /** Checks a directory and gives its configuration. */
  readonly load: (dir: string) => Promise<Config>;
  /** Where this machine may write; `/tmp` in Lambda. */
  readonly temporaryFolder: string;
}

/**
 * Gives a function that loads the configuration of a deployment, and the same one again as long as its key is the same: one
 * download per container. After a failure the next call tries again.
 *
 * Where the lake and the secrets are is the deployment's to say, whatever the directory says: its catalog is Glue.
 *
 * @returns throws config_invalid where the document is damaged or does not validate, and the store's own errors
 */
export function deployedConfigLoader(
  options: DeployedConfigOptions,
): (deployed: DeployedEnvironment) => Promise<Config> {
  let kept: { readonly key: string; readonly config: Promise<Config> } | undefined;
  return (deployed) => {
    const key = JSON.stringify(deployed);
    if (kept?.key === key) return kept.config;
    const loading = { key, config: load(options, deployed) };
    kept = loading;
    loading.config.catch(() => {
      if (kept === loading) kept = undefined;
    });
    return loading.config;
  };
}

async function load(
  { store, load: loadDirectory, temporaryFolder }: DeployedConfigOptions,
  { configBucket, configKey, label, warehouse, database, secretStore }: DeployedEnvironment,
): Promise<Config> {
  const bytes = await store.read(`s3://${configBucket}/${configKey}`);
  const files = unpackConfiguration(configKey, bytes);
  const dir = await mkdtemp(join(temporaryFolder, "duolake-config-"));
  try {
    for (const [path, text] of files) {
      const file = join(dir, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    const config = await loadDirectory(dir);
    return {
      ...config,
      lake: { warehouse, database, catalog: { type: "glue" } },
      secrets: { store: secretStore, label },
    };
  } catch (error) {
    // The space of a container is small, and it is tried again in the same one.
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
}

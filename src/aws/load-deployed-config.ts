import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Config } from "../config/config.ts";
import type { Store } from "../lake/store/store.ts";
import type { DeployedEnvironment } from "./deployed-environment.ts";
import {
  type DeployedSource,
  unpackConfiguration,
  type UnpackedConfiguration,
} from "./unpack-configuration.ts";

export interface DeployedConfigOptions {
  readonly store: Pick<Store, "read">;
  /** Checks a directory and gives its configuration. */
  readonly load: (dir: string) => Promise<Config>;
  /** Where this machine may write; `/tmp` in Lambda. */
  readonly temporaryFolder: string;
}

/** The directory of a deployment, of which each message needs a few log sources only. */
export interface DeployedConfig {
  /** All log sources, in the order of their names. */
  readonly sources: readonly DeployedSource[];
  /**
   * Unpacks and checks the named log sources, or all of them: each takes some 10 ms. Names that are not there are left out.
   *
   * The folder of what it gives (`dir`) is the caller's, who removes it at the end.
   *
   * @throws config_invalid where it does not validate
   */
  readonly load: (names?: readonly string[]) => Promise<Config>;
}

/**
 * Gives a function that fetches the configuration of a deployment, and the same one again as long as its key is the same: one
 * download per container. After a failure the next call tries again.
 *
 * Where the lake and the secrets are is the deployment's to say, whatever the directory says: its catalog is Glue.
 *
 * @returns throws config_invalid where the document is damaged, and the store's own errors
 */
export function deployedConfigLoader(
  options: DeployedConfigOptions,
): (deployed: DeployedEnvironment) => Promise<DeployedConfig> {
  let kept: { readonly key: string; readonly config: Promise<DeployedConfig> } | undefined;
  return (deployed) => {
    const key = JSON.stringify(deployed);
    if (kept?.key === key) return kept.config;
    const fetching = { key, config: fetchConfig(options, deployed) };
    kept = fetching;
    fetching.config.catch(() => {
      if (kept === fetching) kept = undefined;
    });
    return fetching.config;
  };
}

async function fetchConfig(
  options: DeployedConfigOptions,
  deployed: DeployedEnvironment,
): Promise<DeployedConfig> {
  const { configBucket, configKey, label, warehouse, database, secretStore } = deployed;
  const bytes = await options.store.read(`s3://${configBucket}/${configKey}`);
  const unpacked = unpackConfiguration(configKey, bytes);
  return {
    sources: unpacked.sources,
    load: async (names) => ({
      ...(await loadFiles(options, filesOf(unpacked, names))),
      lake: { warehouse, database, catalog: { type: "glue" } },
      secrets: { store: secretStore, label },
    }),
  };
}

/** What belongs to no log source, and what belongs to those that are named. */
function filesOf(
  { files, sources }: UnpackedConfiguration,
  names: readonly string[] | undefined,
): readonly (readonly [string, string])[] {
  const wanted = names && new Set(names);
  const unwanted = new Set(
    sources.filter(({ name }) => wanted?.has(name) === false).map(({ folder }) => folder),
  );
  return [...files].filter(([path]) => {
    const [top, folder] = path.split("/", 2);
    return top !== "log_sources" || !unwanted.has(folder ?? "");
  });
}

async function loadFiles(
  { load, temporaryFolder }: DeployedConfigOptions,
  files: readonly (readonly [string, string])[],
): Promise<Config> {
  const dir = await mkdtemp(join(temporaryFolder, "duolake-config-"));
  try {
    // A directory without files is one without log sources.
    await mkdir(join(dir, "log_sources"));
    for (const [path, text] of files) {
      const file = join(dir, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    return await load(dir);
  } catch (error) {
    // The space of a container is small, and it is tried again in the same one.
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
}

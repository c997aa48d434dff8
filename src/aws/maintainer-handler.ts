import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { type AppOptions, createApp } from "../app.ts";
import { systemClock } from "../core/clock.ts";
import { openS3 } from "../lake/open-s3.ts";
import { tablesOfSource } from "../maintain-all.ts";
import { startDeadline } from "./deadline.ts";
import { deployedEnvironment } from "./deployed-environment.ts";
import { deployedConfigLoader } from "./load-deployed-config.ts";
import { loadDirectory } from "./load-directory.ts";
import { type MaintainerApp, maintainHandler } from "./maintain-handler.ts";
import { ownFolder } from "./own-folder.ts";
import type { DeployedSource } from "./unpack-configuration.ts";
import type { LambdaContext } from "./pull-handler.ts";
import { statusFolder } from "./status-folder.ts";

let started: ReturnType<typeof maintainHandler> | undefined;

/** What Lambda calls a few times a day: keeps the tables of the deployment small and quick. */
export async function handler(_event: unknown, context: LambdaContext): Promise<void> {
  started ??= start(process.env);
  await started(context);
}

function start(env: Readonly<Record<string, string | undefined>>): ReturnType<typeof maintainHandler> {
  const deployed = deployedEnvironment(env);
  const temporaryFolder = tmpdir();
  const store = openS3({ clock: systemClock, localFolder: join(temporaryFolder, "duolake") });
  const loadDeployed = deployedConfigLoader({ store, load: loadDirectory, temporaryFolder });
  const output = pino.destination({ fd: 1, sync: true });
  return maintainHandler({
    open: async () => {
      const { sources, load } = await loadDeployed(deployed);
      // Tables are maintained by their names: what their log sources are is of no matter.
      const config = await load([]);
      return ownFolder(config.dir, () => openMaintainer({ config, env }, sources));
    },
    store,
    statusPath: `${statusFolder(deployed.warehouse)}/maintenance.json`,
    label: deployed.label,
    nowMs: systemClock.nowMs,
    logger: pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, output),
    write: (line) => output.write(`${line}\n`),
    startDeadline,
  });
}

async function openMaintainer(
  { config, env }: Pick<AppOptions, "config" | "env">,
  sources: readonly DeployedSource[],
): Promise<MaintainerApp> {
  const app = await createApp({ config, clock: systemClock, env });
  const dispose = async (): Promise<void> => {
    await app[Symbol.asyncDispose]();
  };
  try {
    // A hundred names with each request: most log sources have no dead letters, and asking for each table takes minutes.
    const there = new Set(await app.lake.list());
    const tables = sources
      .flatMap(({ name, tables: short }) => tablesOfSource(name, short))
      .filter(({ resolvedName }) => there.has(resolvedName));
    return { lake: app.lake, clock: app.clock, tables, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

import { join } from "node:path";
import type { Config } from "../config/config.ts";
import { DuolakeError } from "../core/errors.ts";
import { systemClock } from "../core/clock.ts";
import type { AwsAccess } from "../deploy/open-client.ts";
import type { Preflight } from "../deploy/preflight.ts";
import { lakeBucketName } from "../deploy/upload-deployment.ts";
import { diffLake, type TableDifference } from "../diff-lake.ts";
import type { Lake } from "../lake/lake.ts";
import { openLake } from "../lake/open-lake.ts";

/** Opens the lake of a deployment; replaced in tests. */
export type OpenDeployedLake = (
  place: { readonly warehouse: string; readonly config: Config },
  access: AwsAccess,
) => Promise<Pick<Lake, "load" | "list">>;

/** Two requests for each table that is there: with more the deployment would wait for minutes. */
const SOURCE_COUNT_MAX = 1_000;

/** The tables of a deployment in the account's Glue. */
export const openDeployedLake: OpenDeployedLake = ({ warehouse, config }, access) =>
  openLake({
    warehouse,
    database: config.lake.database,
    catalog: { type: "glue" },
    clock: systemClock,
    s3: { ...access },
    glue: { ...access },
    localFolder: join(config.dir, ".duolake"),
  });

/**
 * Compares the directory with the tables that its deployment has, whatever lake the directory itself names. Only metadata is read.
 *
 * @returns undefined above 1,000 log sources
 * @throws the lake's own errors
 */
export async function deployedTables(
  config: Config,
  label: string,
  {
    found: { caller, database },
    access,
    open,
  }: { readonly found: Preflight; readonly access: AwsAccess; readonly open: OpenDeployedLake },
): Promise<readonly TableDifference[] | undefined> {
  if (config.logSources.length > SOURCE_COUNT_MAX) return undefined;
  const warehouse = `s3://${lakeBucketName(label, caller)}/lake`;
  if (database === undefined) return diffLake({ config, lake: { load: () => Promise.resolve(undefined) } });
  const lake = await open({ warehouse, config }, { ...access, region: caller.region });
  // A hundred names with each request: most of the tables that there might be are not there.
  const there = new Set(await lake.list());
  return diffLake({
    config,
    lake: { load: (name) => (there.has(name) ? lake.load(name) : Promise.resolve(undefined)) },
  });
}

/**
 * Refuses columns that the tables there cannot get: every pull would fail.
 *
 * @throws lake_schema_conflict
 */
export function refuseConflicts(differences: readonly TableDifference[]): void {
  const [first, ...others] = differences.flatMap(({ resolvedName, plan }) =>
    (plan?.conflicts ?? []).map(({ path, reason }) => `${resolvedName}.${path}: ${reason}`),
  );
  if (first === undefined) return;
  const more = others.length === 0 ? "" : ` (and ${others.length} more, see \`duolake diff --aws\`)`;
  throw new DuolakeError(
    "lake_schema_conflict",
    `Cannot deploy the directory: a column cannot be as it says, got ${first}${more}; nothing was changed, give the column another name`,
  );
}

import type { Config } from "../config/config.ts";
import { DuolakeError } from "../core/errors.ts";
import { deployedStore, storeOfStack, storeTitle } from "./deployed-store.ts";
import type { Preflight } from "./preflight.ts";
import { intervalMinutes } from "./stack-parameters.ts";

/** An account's first quota. */
const CONCURRENCY_FEW = 10;
const NAME_COUNT_MAX = 10;

/** Whether the stack makes the database; one that was there before is used and left alone. */
export function createsDatabase(
  found: Pick<Preflight, "stack" | "state" | "database">,
  name: string,
): boolean {
  return madeDatabase(found) === name || found.database === undefined;
}

/** The database that the stack has made; undefined where it made none. What it made stays its own, although it exists now. */
function madeDatabase({ stack, state }: Pick<Preflight, "stack" | "state">): string | undefined {
  const before = state === "ready" ? stack?.parameters : undefined;
  return before?.["CreateDatabase"] === "true" ? before["Database"] : undefined;
}

/**
 * Refuses another database where the stack made the first one: it holds the tables, and CloudFormation cannot rename it.
 *
 * @throws deploy_refused
 */
export function refuseOtherDatabase(found: Pick<Preflight, "stack" | "state">, name: string): void {
  const made = madeDatabase(found);
  if (made === undefined || made === name) return;
  throw new DuolakeError(
    "deploy_refused",
    `Cannot change the stack ${found.stack?.name}: its tables are in the Glue database ${made}, which cannot be renamed; set lake.database back, or deploy under another label with --label, got ${name}`,
  );
}

/** As many names as a line has room for. */
function firstOf(names: readonly string[]): string {
  const shown = names.slice(0, NAME_COUNT_MAX).join(", ");
  return names.length <= NAME_COUNT_MAX ? shown : `${shown} and ${names.length - NAME_COUNT_MAX} more`;
}

/** What an operator should know before a deployment, a line each; none of it stops it. */
export function preflightNotes(preflight: Preflight, config: Config): string[] {
  const { database, secrets, lambdaConcurrency, isLakeFormationOnly } = preflight;
  const { lake, pull } = config;
  const notes: string[] = [];
  const isOwn = createsDatabase(preflight, lake.database);
  const names = config.logSources.flatMap(({ tables }) => tables.map(({ resolvedName }) => resolvedName));
  const known = names.filter((name) => database?.tables.includes(name) === true);
  if (database !== undefined && !isOwn) {
    notes.push(`the Glue database ${lake.database} is there already: it is used, and no part of the stack`);
  }
  if (known.length > 0) notes.push(`tables that are there go on as they are: ${firstOf(known)}`);
  if (database === undefined && madeDatabase(preflight) === lake.database) {
    notes.push(
      `the Glue database ${lake.database} is gone although the stack made it: nothing can be stored; make it again with: aws glue create-database --database-input Name=${lake.database}`,
    );
  }
  if (!isOwn && database?.isLakeFormationOnly === true) {
    notes.push(
      `AWS Lake Formation alone governs new tables of ${lake.database}: its administrator must grant the roles of the functions CREATE_TABLE, ALTER, SELECT and INSERT there`,
    );
  }
  if (isOwn && database === undefined && isLakeFormationOnly === true) {
    notes.push(
      "AWS Lake Formation governs new databases: who deploys needs its permission CREATE_DATABASE, or must be its administrator",
    );
  }
  if (lambdaConcurrency !== undefined && lambdaConcurrency <= CONCURRENCY_FEW) {
    notes.push(
      `the account may run ${lambdaConcurrency} functions at once; with many log sources ask for a higher quota (Lambda, "Concurrent executions")`,
    );
  }
  if (lake.warehouse.startsWith("s3://")) {
    notes.push(
      `lake.warehouse (${lake.warehouse}) is not used in AWS: the deployment has a bucket of its own`,
    );
  }
  const minutes = intervalMinutes(pull.intervalMs);
  if (minutes * 60_000 !== pull.intervalMs) {
    notes.push(`pull.interval counts in whole minutes in AWS: every ${minutes} minute(s)`);
  }
  const moved = movedSecrets(preflight, config);
  if (moved !== undefined) notes.push(moved);
  const populated = secrets.filter(({ status }) => status === "populated");
  if (populated.length > 0) {
    notes.push(
      `secrets that are populated stay as they are: ${listed(populated.map(({ source }) => source))}`,
    );
  }
  return notes;
}

/** No value is carried from one store to the other: who may read the one need not be allowed to write the other. */
function movedSecrets({ stack, state }: Preflight, config: Config): string | undefined {
  if (stack === undefined || state !== "ready") return undefined;
  const [from, to] = [storeOfStack(stack), deployedStore(config)];
  if (from === to) return undefined;
  return `secrets are kept in ${storeTitle(to)} from now on: set each of them with \`duolake secret set SOURCE --aws\`; those in ${storeTitle(from)} stay there, unused`;
}

const LISTED_COUNT_MAX = 10;

function listed(names: readonly string[]): string {
  const more = names.length - LISTED_COUNT_MAX;
  return names.slice(0, LISTED_COUNT_MAX).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

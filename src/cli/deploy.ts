import type { Config } from "../config/config.ts";
import { DuolakeError } from "../core/errors.ts";
import { configurationDocument } from "../deploy/configuration-document.ts";
import { deployedStore, storeTitle } from "../deploy/deployed-store.ts";
import { deploy as runDeploy, type DeployOutcome, type DeployTalk } from "../deploy/deploy.ts";
import type { DeployRequest } from "../deploy/deploy-request.ts";
import { readFunctionCode } from "../deploy/function-code.ts";
import { nextSteps } from "../deploy/next-steps.ts";
import type { Preflight } from "../deploy/preflight.ts";
import { preflightNotes } from "../deploy/preflight-notes.ts";
import { readSettings } from "../deploy/stack-parameters.ts";
import { stackName } from "../deploy/stack-state.ts";
import { readTemplate } from "../deploy/template.ts";
import { ask } from "./ask.ts";
import {
  awsAccess,
  type AwsOptions,
  flagsOf,
  labelOf,
  openAccount,
  type OpenServices,
} from "./aws-options.ts";
import {
  deployedTables,
  openDeployedLake,
  type OpenDeployedLake,
  refuseConflicts,
} from "./deployed-tables.ts";
import { EXIT_DONE, EXIT_NOTHING_DONE } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { type CommonOptions, loadContext } from "./load-context.ts";
import { findPackageFile } from "./package-file.ts";
import { changeJson, printPlan } from "./print-plan.ts";
import { createStackProgress, type StackProgress } from "./stack-progress.ts";

export interface DeployCommandOptions extends CommonOptions, AwsOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  /** `NAME=VALUE`, each. */
  readonly set?: readonly string[];
}

/** Where the template and the functions' code lie; the package's own by default. */
export interface DeployFiles {
  readonly template: string;
  readonly code: string;
}

/** The files that the package ships with. */
export function packagedFiles(): DeployFiles {
  return { template: findPackageFile("infra/template.json"), code: findPackageFile("infra/lambda.zip") };
}

/** What tests put in the place of AWS and of the package's files. */
export interface DeployTools {
  readonly open: OpenServices;
  readonly files: DeployFiles;
  /** The deployment's own in Glue unless given. */
  readonly openLake?: OpenDeployedLake;
}

/** `duolake deploy`: puts the directory to work in an AWS account. */
export async function deploy(
  options: DeployCommandOptions,
  io: Io,
  tools: DeployTools = { open: openAccount, files: packagedFiles() },
): Promise<number> {
  const config = await loadContext(options, io);
  const request = await deployRequest(config, options, { io, files: tools.files });
  const access = awsAccess(options, io);
  const services = tools.open(access);
  const progress = createStackProgress(io);
  const check = (found: Preflight): Promise<string[]> =>
    checkTables(config, request.label, { found, access, open: tools.openLake ?? openDeployedLake });
  const talk = talkOf(options, { io, config, progress, check });
  const outcome = await runDeploy(services, request, talk).finally(progress.end);
  if (options.json === true)
    io.out(`${JSON.stringify(outcomeJson(outcome, { config, label: request.label }))}\n`);
  else printOutcome(outcome, { io, config, flags: flagsOf(options), name: stackName(request.label) });
  return outcome.outcome === "declined" ? EXIT_NOTHING_DONE : EXIT_DONE;
}

/** Reads everything that a deployment takes with it; also for `diff`. */
export async function deployRequest(
  config: Config,
  options: DeployCommandOptions,
  { io, files }: { readonly io: Io; readonly files: DeployFiles },
): Promise<DeployRequest> {
  return {
    config,
    label: labelOf(options, config),
    settings: readSettings(options.set ?? []),
    template: await readTemplate(files.template),
    code: await readFunctionCode(files.code),
    document: await configurationDocument(config),
    duoEndpointUrl: io.env["DUOLAKE_DUO_ENDPOINT_URL"] ?? "",
    isDryRun: options.dryRun === true,
  };
}

function talkOf(
  options: DeployCommandOptions,
  {
    io,
    config,
    progress,
    check,
  }: {
    readonly io: Io;
    readonly config: Config;
    readonly progress: StackProgress;
    readonly check: (found: Preflight) => Promise<string[]>;
  },
): DeployTalk {
  const isPlain = options.json !== true;
  return {
    signal: io.signal,
    found: async (found) => {
      const { account, region, arn } = found.caller;
      progress.say(`account ${account}, region ${region}, as ${arn}`);
      for (const note of preflightNotes(found, config)) progress.say(`note: ${note}`);
      for (const note of await check(found)) progress.say(`note: ${note}`);
    },
    plan: (changes) => {
      if (isPlain) printPlan(changes, io);
    },
    confirm: async (question) => {
      if (options.yes === true) return true;
      const answer = await ask(`${question} [y/N] `, { io, otherwise: "--yes" });
      return /^y(es)?$/i.test(answer);
    },
    step: progress.say,
    event: progress.event,
  };
}

/** Whoever deploys need not be allowed to read tables: what cannot be looked at is a note, and a column that cannot be is none. */
async function checkTables(
  config: Config,
  label: string,
  where: Parameters<typeof deployedTables>[2],
): Promise<string[]> {
  const unchecked = (reason: string): string[] => [
    `the columns were not compared with the tables there: ${reason}`,
  ];
  let differences: Awaited<ReturnType<typeof deployedTables>>;
  try {
    differences = await deployedTables(config, label, where);
  } catch (error) {
    if (!(error instanceof DuolakeError)) throw error;
    return unchecked(error.message);
  }
  if (differences === undefined) return unchecked("there are more than 1,000 log sources");
  refuseConflicts(differences);
  return differences.flatMap(({ error }) => (error === undefined ? [] : unchecked(error.message)));
}

/** A deployment in the documented shape (docs/cli-json.md). */
function outcomeJson(
  { outcome, preflight, changes, stack, secrets }: DeployOutcome,
  { config, label }: { readonly config: Config; readonly label: string },
): Record<string, unknown> {
  const { account, region } = preflight.caller;
  return {
    outcome,
    stack: stackName(label),
    account,
    region,
    changes: changes.map(changeJson),
    notes: preflightNotes(preflight, config),
    secrets: secrets.map(({ source, status, isCreated }) => ({ source, status, created: isCreated })),
    outputs: stack?.outputs ?? {},
  };
}

function printOutcome(
  outcome: DeployOutcome,
  {
    io,
    config,
    flags,
    name,
  }: { readonly io: Io; readonly config: Config; readonly flags: string; readonly name: string },
): void {
  if (outcome.outcome === "declined") {
    io.out("Nothing was changed.\n");
    return;
  }
  if (outcome.outcome === "planned") {
    io.out(outcome.changes.length === 0 ? "No changes.\n" : "Nothing was changed: this was a dry run.\n");
    return;
  }
  const created = outcome.secrets.filter(({ isCreated }) => isCreated).length;
  if (created > 0)
    io.out(`Made the place of ${created} secret key(s) in ${storeTitle(deployedStore(config))}.\n`);
  if (outcome.outcome === "no_changes") io.out(`No changes: ${name} is as the directory says.\n`);
  else io.out(`${name} is deployed.\n`);
  const [table] = config.logSources.flatMap(({ tables }) => tables.map(({ resolvedName }) => resolvedName));
  const lines = nextSteps(outcome, { flags, table });
  io.out(`\nNext:\n${lines.map((line) => `  ${line}\n`).join("")}`);
}

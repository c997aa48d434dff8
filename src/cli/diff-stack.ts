import { diffStack as findDifference } from "../deploy/diff-stack.ts";
import { stackName } from "../deploy/stack-state.ts";
import { awsAccess, openAccount } from "./aws-options.ts";
import { changeJson, printPlan } from "./print-plan.ts";
import { type DeployCommandOptions, deployRequest, type DeployTools, packagedFiles } from "./deploy.ts";
import { deployedTables, openDeployedLake } from "./deployed-tables.ts";
import { EXIT_DONE, EXIT_NOTHING_DONE, EXIT_USAGE } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { loadContext } from "./load-context.ts";
import { differenceJson, printDifferences } from "./print-differences.ts";

/**
 * `duolake diff --aws`: what `duolake deploy` would do to the stack, and the pulls after it to the tables. Nothing is changed. Exit
 * code 0 where the stack is as the directory says, 2 where it is not, also where the deployment would refuse the change, 1 where a
 * table cannot be read. What the next pull does to tables of a stack that is as it should be is no difference.
 */
export async function diffStack(
  options: DeployCommandOptions,
  io: Io,
  tools: DeployTools = { open: openAccount, files: packagedFiles() },
): Promise<number> {
  const config = await loadContext(options, io);
  const request = await deployRequest(config, { ...options, dryRun: true }, { io, files: tools.files });
  const access = awsAccess(options, io);
  const services = tools.open(access);
  const { preflight, changes, refused } = await findDifference(services, request, io.signal);
  const open = tools.openLake ?? openDeployedLake;
  const tables = (await deployedTables(config, request.label, { found: preflight, access, open })) ?? [];
  const isChanged = changes.length > 0 || tables.some(({ change }) => change === "refuse");
  const { account, region } = preflight.caller;
  const name = stackName(request.label);
  if (options.json === true) {
    const stack = {
      name,
      account,
      region,
      status: preflight.stack?.status ?? null,
      changes: changes.map(changeJson),
      refused: refused.map(({ logicalId }) => logicalId),
    };
    io.out(`${JSON.stringify({ changes: isChanged, tables: tables.map(differenceJson), stack })}\n`);
  } else {
    if (!isChanged) io.out(`No changes: ${name} is as the directory says.\n`);
    printPlan(changes, io);
    printDifferences(tables, io);
    for (const { kind, logicalId } of refused) {
      io.err(`duolake: ${logicalId} holds data: \`duolake deploy\` will refuse to ${kind} it\n`);
    }
  }
  if (tables.some(({ error }) => error !== undefined)) return EXIT_NOTHING_DONE;
  return isChanged ? EXIT_USAGE : EXIT_DONE;
}

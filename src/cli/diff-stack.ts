import { diffStack as findDifference } from "../deploy/diff-stack.ts";
import { stackName } from "../deploy/stack-state.ts";
import { awsAccess, openAccount } from "./aws-options.ts";
import { changeJson, printPlan } from "./print-plan.ts";
import { type DeployCommandOptions, deployRequest, type DeployTools, packagedFiles } from "./deploy.ts";
import { EXIT_DONE, EXIT_USAGE } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { loadContext } from "./load-context.ts";

/**
 * `duolake diff --aws`: what `duolake deploy` would do to the stack. Nothing is changed. Exit code 0 without changes, 2 with some,
 * also where the deployment would refuse them.
 */
export async function diffStack(
  options: DeployCommandOptions,
  io: Io,
  tools: DeployTools = { open: openAccount, files: packagedFiles() },
): Promise<number> {
  const config = await loadContext(options, io);
  const request = await deployRequest(config, { ...options, dryRun: true }, { io, files: tools.files });
  const services = tools.open(awsAccess(options, io));
  const { preflight, changes, refused } = await findDifference(services, request, io.signal);
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
    io.out(`${JSON.stringify({ changes: changes.length > 0, tables: [], stack })}\n`);
  } else {
    if (changes.length === 0) io.out(`No changes: ${name} is as the directory says.\n`);
    printPlan(changes, io);
    for (const { kind, logicalId } of refused) {
      io.err(`duolake: ${logicalId} holds data: \`duolake deploy\` will refuse to ${kind} it\n`);
    }
  }
  return changes.length === 0 ? EXIT_DONE : EXIT_USAGE;
}

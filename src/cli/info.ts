import { findStack } from "../deploy/destroy.ts";
import { findCaller } from "../deploy/preflight.ts";
import { LABEL_TAG } from "../deploy/stack-state.ts";
import { awsAccess, type AwsOptions, labelOf, openAccount, type OpenServices } from "./aws-options.ts";
import { EXIT_DONE } from "./exit-codes.ts";
import { isoInstant } from "./format.ts";
import type { Io } from "./io.ts";
import { type CommonOptions, loadContext } from "./load-context.ts";
import { textTable } from "./text-table.ts";

export interface InfoOptions extends CommonOptions, AwsOptions {}

/** `duolake info`: what the deployment is called and where its parts are. */
export async function info(options: InfoOptions, io: Io, open: OpenServices = openAccount): Promise<number> {
  const label = await labelWithout(options, io);
  const services = open(awsAccess(options, io));
  const caller = await findCaller(services);
  const stack = await findStack(services, { label, caller });
  const { name, status, updatedAtMs, outputs, tags } = stack;
  const { account, region } = caller;
  if (options.json === true) {
    const updated_at = isoInstant(updatedAtMs);
    io.out(`${JSON.stringify({ stack: name, account, region, label, status, updated_at, outputs })}\n`);
    return EXIT_DONE;
  }
  if (tags[LABEL_TAG] !== label) io.err(`duolake: warning: ${name} was not made by duolake\n`);
  io.out(`${name} in account ${account}, region ${region}: ${status}\n`);
  const rows = Object.entries(outputs).sort(([a], [b]) => a.localeCompare(b));
  if (rows.length > 0) io.out(textTable([{ title: "output" }, { title: "value" }], rows));
  return EXIT_DONE;
}

/** The label; with the option no directory is needed. */
export async function labelWithout(options: CommonOptions & AwsOptions, io: Io): Promise<string> {
  if (options.label !== undefined)
    return labelOf(options, { secrets: { store: "aws", label: options.label } });
  return labelOf(options, await loadContext(options, io));
}

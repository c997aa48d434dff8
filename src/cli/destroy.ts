import { DuolakeError } from "../core/errors.ts";
import {
  destroy as runDestroy,
  type DestroyPlan,
  type DestroyRequest,
  planDestroy,
} from "../deploy/destroy.ts";
import { otherStore, storeOfStack, storeTitle } from "../deploy/deployed-store.ts";
import { readTemplate } from "../deploy/template.ts";
import { ask } from "./ask.ts";
import { awsAccess, type AwsOptions, openAccount, type OpenServices } from "./aws-options.ts";
import { packagedFiles } from "./deploy.ts";
import { EXIT_DONE, EXIT_NOTHING_DONE } from "./exit-codes.ts";
import { labelWithout } from "./info.ts";
import type { Io } from "./io.ts";
import type { CommonOptions } from "./load-context.ts";
import { createStackProgress } from "./stack-progress.ts";
import { textTable } from "./text-table.ts";

export interface DestroyCommandOptions extends CommonOptions, AwsOptions {
  readonly yes?: boolean;
  readonly deleteData?: boolean;
  /** The label once more. */
  readonly yesDeleteData?: string;
}

/** What tests put in the place of AWS and of the package's template. */
export interface DestroyTools {
  readonly open: OpenServices;
  readonly templatePath: string;
}

/** `duolake destroy`: removes a deployment; events, code and secrets stay unless told twice. */
export async function destroy(
  options: DestroyCommandOptions,
  io: Io,
  tools: DestroyTools = { open: openAccount, templatePath: packagedFiles().template },
): Promise<number> {
  const label = await labelWithout(options, io);
  checkFlags(options, label);
  const { retained } = await readTemplate(tools.templatePath);
  const services = tools.open(awsAccess(options, io));
  const request: DestroyRequest = { label, retained, isWithData: options.deleteData === true };
  const plan = await planDestroy(services, request);
  if (options.json !== true) printPlan(plan, request, io);
  if (options.yes !== true && !(await isConfirmed(plan, label, io))) {
    io.err("duolake: that is another label; nothing was removed\n");
    return EXIT_NOTHING_DONE;
  }
  const progress = createStackProgress(io);
  const talk = { signal: io.signal, step: progress.say, event: progress.event };
  await runDestroy(services, { plan, request, talk }).finally(progress.end);
  if (options.json === true) io.out(`${JSON.stringify(destroyJson(plan, request))}\n`);
  else io.out(`${plan.stack.name} is removed.\n`);
  return EXIT_DONE;
}

function checkFlags(
  { yes, label: given, deleteData, yesDeleteData }: DestroyCommandOptions,
  label: string,
): void {
  const refuse = (reason: string): DuolakeError =>
    new DuolakeError("usage_invalid", `Cannot remove the deployment ${label}: ${reason}`);
  if (yes === true && given === undefined)
    throw refuse("--yes needs --label, so that it is the one you mean");
  if (deleteData === true && yesDeleteData !== label) {
    throw refuse(
      `--delete-data removes every event and needs --yes-delete-data ${label}, got ${JSON.stringify(yesDeleteData ?? null)}`,
    );
  }
  if (deleteData !== true && yesDeleteData !== undefined) {
    throw refuse("--yes-delete-data says nothing without --delete-data");
  }
}

async function isConfirmed({ caller }: DestroyPlan, label: string, io: Io): Promise<boolean> {
  const question = `This is account ${caller.account}, region ${caller.region}. Type the label (${label}) to remove it: `;
  return (await ask(question, { io, otherwise: "--yes and --label" })) === label;
}

function printPlan(plan: DestroyPlan, { isWithData }: DestroyRequest, io: Io): void {
  io.out(`${plan.stack.name} (${plan.stack.id})\n\nremoved:\n`);
  const titles = [{ title: "" }, { title: "" }, { title: "" }];
  const rowsOf = (some: DestroyPlan["removed"]): readonly (readonly string[])[] =>
    some.map(({ logicalId, type, physicalId }) => [
      `  ${logicalId}`,
      type.replace(/^AWS::/, ""),
      physicalId ?? "",
    ]);
  io.out(textTable(titles, rowsOf(plan.removed)));
  io.out(isWithData ? "\nremoved too, with all events:\n" : "\nkept:\n");
  const days = plan.secretRecoveryDayCount;
  const secretNote = isWithData ? (days === 0 ? "deleted at once" : `deleted in ${days} days`) : "";
  io.out(
    textTable(titles, [
      ...rowsOf(plan.retained),
      ["  code and configuration", "S3::Bucket", plan.codeBucket],
      ...plan.secrets.map((name) => [`  ${name}`, "secret key", secretNote]),
    ]),
  );
  const { formerSecrets } = plan;
  const title = storeTitle(otherStore(storeOfStack(plan.stack)));
  if (formerSecrets === undefined) {
    io.out(`\nnot looked at: ${title}, which may have keys of an earlier deployment; they stay\n`);
    return;
  }
  if (formerSecrets.length === 0) return;
  io.out(`\nkept in ${title}, which this deployment does not use any more; remove them there:\n`);
  io.out(formerSecrets.map((name) => `  ${name}\n`).join(""));
}

/** A removal in the documented shape (docs/cli-json.md). */
function destroyJson(plan: DestroyPlan, { label, isWithData }: DestroyRequest): Record<string, unknown> {
  const resource = ({ logicalId, type, physicalId }: DestroyPlan["removed"][number]): object => ({
    logical_id: logicalId,
    type,
    physical_id: physicalId ?? null,
  });
  return {
    stack: plan.stack.name,
    account: plan.caller.account,
    region: plan.caller.region,
    label,
    removed: plan.removed.map(resource),
    retained: plan.retained.map(resource),
    code_bucket: plan.codeBucket,
    secrets: plan.secrets,
    former_secrets: plan.formerSecrets ?? null,
    data_deleted: isWithData,
  };
}

import { type Command, Option } from "commander";
import { command, type Declare, examples } from "./declare.ts";

/** The options that say which deployment in which account. */
export function withAccount(declared: Command): Command {
  return declared
    .option("--label <label>", "tells deployments of an account apart (default: secrets.label, main)")
    .option("--region <region>", "AWS region (default: the profile's or AWS_REGION)")
    .option("--profile <name>", "profile of the AWS configuration files");
}

const deploy: Declare = (program, io, done) => {
  withAccount(
    command(program, "deploy", "put the directory to work in your AWS account, or change what is there"),
  )
    .option("--dry-run", "show the plan and change nothing")
    .option("--yes", "do not ask before changing")
    .option(
      "--set <name=value...>",
      "AlarmEmail, MaxConcurrency, MemoryMiB or LogRetentionDays; stays until set again",
    )
    .addHelpText(
      "after",
      examples([
        "duolake deploy --dry-run",
        "duolake deploy --region eu-central-1 --profile security",
        "duolake deploy --set AlarmEmail=soc@example.com --yes",
      ]),
    )
    .action(async (options) => done(await (await import("./deploy.ts")).deploy(options, io)));
};

const info: Declare = (program, io, done) => {
  withAccount(command(program, "info", "show what the deployment is called in AWS and where its parts are"))
    .addHelpText("after", examples(["duolake info", "duolake info --label prod --json"]))
    .action(async (options) => done(await (await import("./info.ts")).info(options, io)));
};

const destroy: Declare = (program, io, done) => {
  withAccount(command(program, "destroy", "remove the deployment; events, code and secret keys stay"))
    .option("--yes", "do not ask for the label; needs --label")
    .option("--delete-data", "remove the events, the code and the secret keys as well")
    .option("--yes-delete-data <label>", "the label once more, for --delete-data")
    .addHelpText(
      "after",
      examples([
        "duolake destroy",
        "duolake destroy --label test --yes",
        "duolake destroy --label test --delete-data --yes-delete-data test",
      ]),
    )
    .action(async (options) => done(await (await import("./destroy.ts")).destroy(options, io)));
};

const dlq: Declare = (program, io, done) => {
  const group = program
    .command("dlq")
    .description("look at what a deployment gave up, send it back or delete it");
  for (const [action, description] of DLQ_ACTIONS) {
    const declared = withAccount(command(group, action, description));
    if (action === "purge") declared.option("--yes", "do not ask before deleting");
    declared
      .addHelpText("after", examples([`duolake dlq ${action}`, `duolake dlq ${action} --label prod --json`]))
      .action(async (options) => done(await (await import("./dlq.ts")).dlq(action, options, io)));
  }
};

const DLQ_ACTIONS = [
  ["list", "show the dead letters of pulls and ticks, and leave them there"],
  ["redrive", "send dead letters back to be pulled"],
  ["purge", "delete all dead letters; no event is lost with them"],
] as const;

const logs: Declare = (program, io, done) => {
  withAccount(command(program, "logs", "show what the functions of the deployment logged"))
    .addOption(new Option("--since <time>", "how far back: 1h, 2026-03-12 or an instant").default("1h"))
    .option("--follow", "go on with what comes, until stopped")
    .option("--source <name>", "only lines that name this log source")
    .addOption(
      new Option("--function <name>", "only this function").choices(["puller", "dispatcher", "maintainer"]),
    )
    .addHelpText(
      "after",
      examples(["duolake logs", "duolake logs --since 1d --source duo", "duolake logs --follow --json"]),
    )
    .action(async (options) => done(await (await import("./logs.ts")).logs(options, io)));
};

/** The commands that work on a deployment in AWS. */
export const awsCommands: readonly Declare[] = [deploy, info, dlq, logs, destroy];

import type { Command } from "commander";
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

/** The commands that work on a deployment in AWS. */
export const awsCommands: readonly Declare[] = [deploy, info, destroy];

import { Command, Option } from "commander";
import { awsCommands, withAccount } from "./declare-aws.ts";
import { askingCommands } from "./declare-asking.ts";
import { pullingCommands } from "./declare-pulling.ts";
import { command, type Declare, examples } from "./declare.ts";
import type { Io } from "./io.ts";
import { VERSION } from "./version.ts";

/**
 * Declares the commands. Each one's code is loaded when it runs, so that `--help` stays quick.
 *
 * @param io what commands may touch
 * @param done gets the exit code of the command that ran
 */
export function createProgram(io: Io, done: (exitCode: number) => void): Command {
  const program = new Command("duolake")
    .description(
      "Pulls the logs of a Cisco Duo account, exactly once, into Apache Iceberg tables that you own.",
    )
    .version(VERSION, "-V, --version")
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    .showHelpAfterError("(add --help for what can be said here)")
    .addHelpText("after", GUIDE);
  for (const declare of [
    init,
    validate,
    diff,
    secret,
    doctor,
    ...pullingCommands,
    ...askingCommands,
    ...awsCommands,
    simulate,
  ]) {
    declare(program, io, done);
  }
  return program;
}

const GUIDE = `
Getting started:
  duolake init my-logs           write a Matano directory
  duolake secret set duo         store the secret key (asked for, never on the command line)
  duolake doctor                 check permissions, clock and lake
  duolake pull                   pull once
  duolake backfill               fetch what Duo keeps from before the first pull
  duolake verify                 compare the tables with Duo, hour by hour
  duolake run                    pull every five minutes
  duolake query "SELECT count(*) FROM duo_auth"
  duolake deploy --dry-run       in your AWS account: what would be made

Exit codes: 0 done, 1 nothing could be done, 2 wrong usage or configuration, 3 some streams failed.`;

const init: Declare = (program, io, done) => {
  program
    .command("init <dir>")
    .description("write a new Matano directory and its placeholder secret")
    .option("--api-hostname <host>", "API hostname of the Admin API application")
    .option("--integration-key <key>", "integration key of the Admin API application")
    .option("--tables <names>", "tables to pull, separated by commas (default: the five of Matano)")
    .option("--yes", "ask nothing; take the defaults for what is not given")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      examples([
        "duolake init my-logs",
        "duolake init my-logs --api-hostname api-eac94d5a.duosecurity.com --integration-key DI62OFKPBEXHLW1DOB8A --yes",
      ]),
    )
    .action(async (dir: string, options) => done(await (await import("./init.ts")).init(dir, options, io)));
};

const validate: Declare = (program, io, done) => {
  command(
    program,
    "validate",
    "check the Matano directory, also against the lake there is; every problem at once, with file, line and column",
  )
    .option("--offline", "check the files alone, without a look into the lake")
    .addHelpText(
      "after",
      examples(["duolake validate", "duolake validate --dir my-logs --json", "duolake validate --offline"]),
    )
    .action(async (options) => done(await (await import("./validate.ts")).validate(options, io)));
};

const diff: Declare = (program, io, done) => {
  const declared = command(
    program,
    "diff",
    "show what the directory would do to the tables of the lake; writes nothing, exit code 2 with changes",
  ).option("--aws", "compare with the deployment in AWS: its stack, and its tables");
  withAccount(declared)
    .addHelpText(
      "after",
      examples(["duolake diff", "duolake diff --json", "duolake diff --aws --label prod"]),
    )
    .action(async (options) =>
      done(
        options.aws === true
          ? await (await import("./diff-stack.ts")).diffStack(options, io)
          : await (await import("./diff.ts")).diff(options, io),
      ),
    );
};

const secret: Declare = (program, io, done) => {
  const group = program
    .command("secret")
    .description("store a log source's secret key, or say whether it is stored");
  withAccount(
    command(
      group,
      "set <source>",
      "store the secret key: asked for without echo, or read from standard input",
    ).option("--aws", "in the deployment's store in AWS"),
  )
    .addHelpText(
      "after",
      examples([
        "duolake secret set duo",
        "pass show duo/secret-key | duolake secret set duo",
        "duolake secret set duo --aws --label prod",
      ]),
    )
    .action(async (source: string, options) =>
      done(await (await import("./secret-set.ts")).secretSet(source, options, io)),
    );
  withAccount(
    command(
      group,
      "status",
      "say for each log source: populated, placeholder or missing; never the value",
    ).option("--aws", "in the deployment's store in AWS"),
  )
    .addHelpText("after", examples(["duolake secret status", "duolake secret status --aws"]))
    .action(async (options) => done(await (await import("./secret-status.ts")).secretStatus(options, io)));
};

const doctor: Declare = (program, io, done) => {
  command(
    program,
    "doctor",
    "check secret, clock, each endpoint's permission and the lake, and say what to do",
  )
    .addHelpText("after", examples(["duolake doctor", "duolake doctor --json"]))
    .action(async (options) => done(await (await import("./doctor.ts")).doctor(options, io)));
};

const simulate: Declare = (program, io, done) => {
  program
    .command("simulate")
    .description("serve a fake Duo Admin API on 127.0.0.1, for trying and testing")
    .addOption(new Option("--port <port>", "port, 0 for any free one").default("8787"))
    .addOption(new Option("--users <count>", "people in the company").default("500"))
    .addOption(new Option("--days <count>", "days of history").default("30"))
    .addOption(new Option("--seed <number>", "the same seed gives the same events").default("1"))
    .addHelpText("after", examples(["duolake simulate", "duolake simulate --port 9999 --users 50 --days 3"]))
    .action(async (options) => done(await (await import("./simulate.ts")).simulate(options, io)));
};

import { Command, Option } from "commander";
import { awsCommands, withAccount } from "./declare-aws.ts";
import { command, type Declare, examples, tableCommand } from "./declare.ts";
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
  const ask = [status, query, tables] as const;
  for (const declare of [
    init,
    validate,
    diff,
    secret,
    doctor,
    pull,
    backfill,
    verify,
    replay,
    maintain,
    runDaemon,
    ...ask,
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
  ).option("--aws", "compare with the deployment in AWS instead: what `deploy` would change");
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
    ).option("--aws", "in AWS Secrets Manager, for the deployment"),
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
    ).option("--aws", "in AWS Secrets Manager, for the deployment"),
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

const pull: Declare = (program, io, done) => {
  tableCommand(program, "pull", "pull once: read what is new and commit it")
    .addHelpText(
      "after",
      examples(["duolake pull", "duolake pull --source duo --table auth", "duolake pull --json"]),
    )
    .action(async (options) => done(await (await import("./pull.ts")).pull(options, io)));
};

const backfill: Declare = (program, io, done) => {
  tableCommand(
    program,
    "backfill",
    "pull, then fetch what lies before: newest first, goes on where it was stopped",
  )
    .option("--since <time>", "how far back: 180d, 2026-03-12 or an instant (default: pull.backfill)")
    .option("--until <time>", "only what is older than this day or instant")
    .addHelpText(
      "after",
      examples([
        "duolake backfill",
        "duolake backfill --since 30d --table auth",
        "duolake backfill --since 2026-01-01 --until 2026-02-01T00:00:00Z --json",
      ]),
    )
    .action(async (options) => done(await (await import("./backfill.ts")).backfill(options, io)));
};

const verify: Declare = (program, io, done) => {
  tableCommand(program, "verify", "compare the tables with Duo, hour by hour, and append what is missing")
    .addOption(new Option("--since <time>", "how far back: 7d, 2026-03-12 or an instant").default("7d"))
    .option("--hours", "list the hours in which something was or is missing")
    .addHelpText(
      "after",
      examples([
        "duolake verify",
        "duolake verify --since 30d --table auth --hours",
        'duolake query "SELECT * FROM duo_completeness WHERE missing > 0"',
      ]),
    )
    .action(async (options) => done(await (await import("./verify.ts")).verify(options, io)));
};

const replay: Declare = (program, io, done) => {
  tableCommand(
    program,
    "replay",
    "map stored events and dead letters again, after an update that mends a mapping; Duo is not asked",
  )
    .option("--since <time>", "only events this young: 30d, 2026-03-12 or an instant (default: all)")
    .option("--dead-letters-only", "leave rows as they are; try the dead letters again")
    .option("--dry-run", "count what would change and change nothing")
    .addHelpText(
      "after",
      examples([
        "duolake replay --dry-run",
        "duolake replay --table auth --since 30d",
        "duolake replay --dead-letters-only --json",
      ]),
    )
    .action(async (options) => done(await (await import("./replay.ts")).replay(options, io)));
};

const maintain: Declare = (program, io, done) => {
  command(
    program,
    "maintain",
    "compact the tables, take old snapshots out of their history, remove what nothing names; `run` does it by itself",
  )
    .option("--source <name>", "only this log source")
    .option("--table <name>", "only this table (short name); also dead_letter and completeness")
    .option("--dry-run", "say what would be done and change nothing")
    .addHelpText(
      "after",
      examples(["duolake maintain --dry-run", "duolake maintain --table auth", "duolake maintain --json"]),
    )
    .action(async (options) => done(await (await import("./maintain.ts")).maintain(options, io)));
};

const runDaemon: Declare = (program, io, done) => {
  program
    .command("run")
    .description("pull every interval until stopped; health, metrics and a page on 127.0.0.1")
    .option("--dir <dir>", "the Matano directory (default: the nearest parent folder that is one)")
    .addOption(new Option("--port <port>", "port on 127.0.0.1, 0 for any free one").default("8686"))
    .addHelpText(
      "after",
      examples(["duolake run", "duolake run --port 9000", "curl http://127.0.0.1:8686/healthz"]),
    )
    .action(async (options) => done(await (await import("./run.ts")).runDaemon(options, io)));
};

const status: Declare = (program, io, done) => {
  command(program, "status", "show for each table how far it is, what it holds and what went wrong last")
    .addHelpText("after", examples(["duolake status", "duolake status --json"]))
    .action(async (options) => done(await (await import("./status.ts")).status(options, io)));
};

const query: Declare = (program, io, done) => {
  command(program, "query <sql>", "ask the tables in SQL (DuckDB's), read only")
    .addOption(
      new Option("--format <format>", "how to print the rows")
        .choices(["table", "json", "ndjson", "csv"])
        .default("table"),
    )
    .option("--since <time>", "only rows whose ts is not before: 7d, 2026-03-12 or an instant")
    .option("--until <time>", "only rows whose ts is before: 1d, 2026-03-12 or an instant")
    .option(
      "--as-of <moment>",
      "read the tables as they were: 1d, 2026-03-12, an instant, or a snapshot's id",
    )
    .addHelpText(
      "after",
      examples([
        "duolake query \"SELECT user.name, count(*) FROM duo_auth WHERE event.outcome = 'failure' GROUP BY ALL\"",
        'duolake query --since 1h "SELECT ts, user.name, event.outcome FROM duo_auth ORDER BY ts"',
        'duolake query --format csv "SELECT * FROM duo_admin" > admin.csv',
      ]),
    )
    .action(async (sql: string, options) => done(await (await import("./query.ts")).query(sql, options, io)));
};

const tables: Declare = (program, io, done) => {
  command(program, "tables [name]", "show the tables, or one table's columns with their descriptions")
    .addOption(
      new Option("--format <format>", "iceberg prints the Iceberg schema").choices(["table", "iceberg"]),
    )
    .addHelpText(
      "after",
      examples(["duolake tables", "duolake tables auth", "duolake tables auth --format iceberg"]),
    )
    .action(async (name: string | undefined, options) =>
      done(await (await import("./tables.ts")).tables(name, options, io)),
    );
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

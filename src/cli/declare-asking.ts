import { Option } from "commander";
import { withAccount } from "./declare-aws.ts";
import { command, type Declare, examples } from "./declare.ts";

const status: Declare = (program, io, done) => {
  withAccount(
    command(program, "status", "show for each table how far it is, what it holds and what went wrong last"),
  )
    .option("--aws", "of the deployment in AWS, with its queues")
    .addHelpText(
      "after",
      examples(["duolake status", "duolake status --json", "duolake status --aws --label prod"]),
    )
    .action(async (options) =>
      done(
        options.aws === true
          ? await (await import("./status-aws.ts")).statusAws(options, io)
          : await (await import("./status.ts")).status(options, io),
      ),
    );
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

/** The commands that say what the lake holds. */
export const askingCommands: readonly Declare[] = [status, query, tables];

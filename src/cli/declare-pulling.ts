import { Option } from "commander";
import { command, type Declare, examples, tableCommand } from "./declare.ts";

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

/** The commands that bring events into the lake and keep it. */
export const pullingCommands: readonly Declare[] = [pull, backfill, verify, replay, maintain, runDaemon];

import type { Command } from "commander";
import type { Io } from "./io.ts";

/** Declares one command. */
export type Declare = (program: Command, io: Io, done: (exitCode: number) => void) => void;

/** A command on a Matano directory. */
export function command(program: Command, nameAndArguments: string, description: string): Command {
  return program
    .command(nameAndArguments)
    .description(description)
    .option("--dir <dir>", "the Matano directory (default: the nearest parent folder that is one)")
    .option("--json", "print one JSON document");
}

/** A command that goes through the tables, all or some. */
export function tableCommand(program: Command, name: string, description: string): Command {
  return command(program, name, description)
    .option("--source <name>", "only this log source")
    .option("--table <name>", "only this table (short name)");
}

/** The end of a command's help. */
export function examples(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join("\n")}`;
}

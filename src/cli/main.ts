import { DuolakeError, errorText } from "../core/errors.ts";
import { EXIT_DONE, EXIT_NOTHING_DONE, EXIT_USAGE, exitCodeOf } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { createProgram } from "./program.ts";

/**
 * Runs the command line.
 *
 * @param argv the words after the program's name
 * @returns the exit code (0 done, 1 nothing could be done, 2 wrong usage or configuration, 3 some streams failed)
 */
export async function main(argv: readonly string[]): Promise<number> {
  const stop = new AbortController();
  const onSignal = (): void => {
    // A second signal finds no listener and ends the process at once.
    stop.abort();
  };
  process.once("SIGINT", onSignal);
  process.once("SIGTERM", onSignal);
  // A reader that closed our output (`| head`) is no error of ours.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(EXIT_DONE);
    throw error;
  });
  const io: Io = {
    out: (text) => process.stdout.write(text),
    drain: () => drained(process.stdout, stop.signal),
    err: (text) => process.stderr.write(text),
    env: process.env,
    cwd: process.cwd(),
    isTerminal: process.stderr.isTTY,
    get columns() {
      return process.stderr.columns;
    },
    signal: stop.signal,
  };
  try {
    const exitCode = await run(argv, io);
    // What a reader that stands still has not taken would keep the process alive although it was asked to stop.
    if (stop.signal.aborted && process.stdout.writableLength > 0) process.exit(exitCode);
    return exitCode;
  } finally {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  }
}

/** Runs one command with everything injected; never throws. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  let exitCode = EXIT_DONE;
  const program = createProgram(io, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...argv], { from: "user" });
    return exitCode;
  } catch (error) {
    const ended = commanderExit(error);
    if (ended !== undefined) return ended;
    return report(error, { io, asJson: argv.includes("--json") });
  }
}

/** Commander ends help, version and wrong usage with an error of its own; what there was to say it has said. */
function commanderExit(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("exitCode" in error) || error.name !== "CommanderError")
    return undefined;
  return error.exitCode === 0 ? EXIT_DONE : EXIT_USAGE;
}

function report(error: unknown, { io, asJson }: { readonly io: Io; readonly asJson: boolean }): number {
  const known = error instanceof DuolakeError ? error : undefined;
  const code = known?.code ?? "internal";
  if (asJson) io.out(`${JSON.stringify({ error: { code, message: errorText(error) } })}\n`);
  else io.err(`duolake: ${errorText(error)}\n`);
  // What the program did not foresee is a mistake in it: the stack helps whoever mends it.
  if (known === undefined && error instanceof Error) io.err(`${error.stack ?? ""}\n`);
  return known === undefined ? EXIT_NOTHING_DONE : exitCodeOf(known);
}

/** Resolves when the stream has taken what was written, or nobody waits for it any more. */
function drained(stream: NodeJS.WriteStream, signal: AbortSignal): Promise<void> {
  if (!stream.writableNeedDrain || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off("drain", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    stream.once("drain", done);
    signal.addEventListener("abort", done, { once: true });
  });
}

import { runSimulator } from "../../simulator/main.ts";
import { DuolakeError, errorText } from "../core/errors.ts";
import { EXIT_DONE } from "./exit-codes.ts";
import type { Io } from "./io.ts";

export interface SimulateCommandOptions {
  readonly port: string;
  readonly users: string;
  readonly days: string;
  readonly seed: string;
}

/** `duolake simulate`: serves a fake Duo Admin API until stopped. */
export async function simulate(options: SimulateCommandOptions, io: Io): Promise<number> {
  const { port, users, days, seed } = options;
  try {
    await runSimulator(
      { port: Number(port), users: Number(users), days: Number(days), seed: Number(seed) },
      { write: io.out, signal: io.signal },
    );
  } catch (error) {
    // It throws only for options that it cannot use and a port that is taken.
    throw new DuolakeError("usage_invalid", errorText(error), { cause: error });
  }
  return EXIT_DONE;
}

import { runSimulator } from "../../simulator/main.ts";
import { DuolakeError, errorText, systemCode } from "../core/errors.ts";
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
    if (systemCode(error) === "EADDRINUSE" || /EADDRINUSE/.test(errorText(error))) {
      const reason = `another program has the port; choose one with --port, got ${port}`;
      throw new DuolakeError("port_in_use", `Cannot simulate: ${reason}`, { cause: error });
    }
    // It throws for nothing else than options that it cannot use.
    throw new DuolakeError("usage_invalid", errorText(error), { cause: error });
  }
  return EXIT_DONE;
}

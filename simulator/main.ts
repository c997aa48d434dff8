import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

import type { SimulatorOptions } from "./options.ts";
import { startSimulator, type Simulator } from "./simulator.ts";

/** Surroundings of `runSimulator`; each has a default for the command line. */
export interface RunOptions {
  /** Where the start text goes; default standard output. */
  readonly write?: (text: string) => void;
  /** Ends the run; default: SIGINT or SIGTERM. */
  readonly signal?: AbortSignal;
}

/**
 * Runs a simulator until it is told to stop, and says at the start how to use it.
 *
 * @throws Error when an option is out of its range or the port is taken
 */
export async function runSimulator(options: SimulatorOptions = {}, run: RunOptions = {}): Promise<void> {
  const write = run.write ?? ((text: string): void => void process.stdout.write(text));
  await using simulator = await startSimulator({ port: 8787, ...options });
  write(startText(simulator));
  await (run.signal ? aborted(run.signal) : interrupted());
}

/** Reads options from `--port`, `--users`, `--days`, `--seed`, `--now-ms`, `--no-attacks` and `--retire STREAM=STATUS`. Throws Error for others. */
export function simulatorOptionsOf(argv: readonly string[]): SimulatorOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      port: { type: "string" },
      users: { type: "string" },
      days: { type: "string" },
      seed: { type: "string" },
      "now-ms": { type: "string" },
      "no-attacks": { type: "boolean" },
      retire: { type: "string", multiple: true },
    },
  });
  const number = <Key extends string>(
    key: Key,
    text: string | undefined,
  ): { readonly [Name in Key]?: number } => {
    if (text === undefined) return {};
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (Number.isNaN(value))
      throw new Error(`Cannot start the simulator: option ${key} must be a number, got ${text}`);
    return { [key]: value } as { readonly [Name in Key]: number };
  };
  return {
    ...number("port", values.port),
    ...number("users", values.users),
    ...number("days", values.days),
    ...number("seed", values.seed),
    ...number("nowMs", values["now-ms"]),
    ...(values["no-attacks"] === true ? { attacks: false } : {}),
    ...(values.retire ? { retired: retiredOf(values.retire) } : {}),
  };
}

/** `administrator_v1=404` and the like; the simulator itself refuses streams and statuses that it does not know. */
function retiredOf(texts: readonly string[]): NonNullable<SimulatorOptions["retired"]> {
  return Object.fromEntries(
    texts.map((text) => {
      const [stream, status] = text.split("=");
      return [stream, Number(status)];
    }),
  );
}

function startText(simulator: Simulator): string {
  const { url, apiHostname, integrationKey } = simulator;
  return `A simulated Duo account answers at ${url}

  api_hostname     ${apiHostname}
  integration_key  ${integrationKey}
  secret key       ${simulator.secretKey()}

In another shell, send duolake there instead of to Duo:

  export DUOLAKE_DUO_ENDPOINT_URL=${url}
  duolake init my-duo --api-hostname ${apiHostname} --integration-key ${integrationKey} --yes
  cd my-duo
  echo ${simulator.secretKey()} | duolake secret set duo
  duolake pull

What it holds and what it served: ${url}/_simulator/info and ${url}/_simulator/ledger/counts
Stop it with Ctrl-C.
`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      process.off("SIGINT", stop);
      process.off("SIGTERM", stop);
      resolve();
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  try {
    await runSimulator(simulatorOptionsOf(process.argv.slice(2)));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  }
}

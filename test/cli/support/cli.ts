import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import type { SimulatorOptions } from "../../../simulator/options.ts";
import { type Simulator, startSimulator } from "../../../simulator/simulator.ts";
import type { Io } from "../../../src/cli/io.ts";
import { run } from "../../../src/cli/main.ts";

/** What a command did. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Standard output as the one JSON document that it must be. */
  readonly json: () => unknown;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  /** Called with each text that goes to standard error. */
  readonly onErr?: (text: string) => void;
}

/** A folder and the environment of a shell in it. */
export interface Shell extends AsyncDisposable {
  readonly dir: string;
  readonly run: (argv: readonly string[], options?: RunOptions) => Promise<Ran>;
}

/**
 * Opens a shell in a new folder.
 *
 * @param secrets disposing the shell throws where one of these was ever said, or stands in a file that is no secret's
 */
export async function startShell(
  env: Readonly<Record<string, string | undefined>> = {},
  secrets: readonly string[] = [],
): Promise<Shell> {
  const dir = await mkdtemp(join(tmpdir(), "duolake-cli-"));
  let said = "";
  return {
    dir,
    run: async (argv, options = {}) => {
      let out = "";
      let err = "";
      const io: Io = {
        out: (text) => {
          out += text;
        },
        drain: async () => {},
        err: (text) => {
          err += text;
          options.onErr?.(text);
        },
        env: { ...env, ...options.env },
        cwd: options.cwd ?? dir,
        isTerminal: false,
        signal: options.signal ?? new AbortController().signal,
      };
      const code = await run(argv, io);
      said += out + err;
      return { code, out, err, json: () => JSON.parse(out) as unknown };
    },
    [Symbol.asyncDispose]: async () => {
      const everything = said + (await textOfFiles(dir));
      await rm(dir, { recursive: true, force: true });
      if (secrets.some((secret) => everything.includes(secret))) throw new Error("a secret was shown");
    },
  };
}

async function textOfFiles(dir: string): Promise<string> {
  let text = "";
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.parentPath.endsWith(join(".duolake", "secrets"))) continue;
    text += await readFile(join(entry.parentPath, entry.name), "latin1");
  }
  return text;
}

/** A shell in a Matano directory whose log source `duo` is a simulated account. */
export interface DuoShell extends Shell {
  readonly simulator: Simulator;
  /** The paths that were asked for since the start. */
  readonly asked: () => readonly string[];
}

export interface DuoShellOptions {
  readonly tables?: readonly string[];
  readonly simulator?: SimulatorOptions;
  /** Default: the right one, by the environment; null for none. */
  readonly secretKey?: string | null;
  /** Further texts that must never be shown. */
  readonly secrets?: readonly string[];
  /** Further properties of the log source, as YAML: `accounts: all`. */
  readonly properties?: readonly string[];
  /** Keys of `pull` in the configuration. */
  readonly pull?: Readonly<Record<string, string>>;
}

export async function startDuoShell(options: DuoShellOptions = {}): Promise<DuoShell> {
  // Its clock stands still: nothing new becomes visible between a command and the look at what it did.
  const simulator = await startSimulator({ users: 20, days: 2, nowMs: Date.now(), ...options.simulator });
  const secretKey = options.secretKey === undefined ? simulator.secretKey() : options.secretKey;
  const env = { DUOLAKE_DUO_ENDPOINT_URL: simulator.url, DUOLAKE_SECRET_KEY_DUO: secretKey ?? undefined };
  const secrets = [simulator.secretKey(), ...(options.secrets ?? [])];
  const shell = await startShell(env, secrets);
  const { tables = ["auth", "admin"], properties = [], pull } = options;
  if (pull !== undefined) await writeFile(join(shell.dir, "matano.config.yml"), JSON.stringify({ pull }));
  await writeMatano(shell.dir, simulator, { tables, properties });
  return {
    ...shell,
    simulator,
    asked: () => simulator.ledger.requests().map(({ path }) => path),
    [Symbol.asyncDispose]: async () => {
      await shell[Symbol.asyncDispose]();
      await simulator.stop();
    },
  };
}

async function writeMatano(
  dir: string,
  simulator: Simulator,
  { tables, properties }: { readonly tables: readonly string[]; readonly properties: readonly string[] },
): Promise<void> {
  const { apiHostname, integrationKey } = simulator;
  const source = join(dir, "log_sources", "duo");
  await mkdir(join(source, "tables"), { recursive: true });
  await writeFile(
    join(source, "log_source.yml"),
    `name: duo\nmanaged:\n  type: DUO\n  properties:\n    api_hostname: ${apiHostname}\n    integration_key: ${integrationKey}\n${properties.map((line) => `    ${line}\n`).join("")}`,
  );
  for (const table of tables) await writeFile(join(source, "tables", `${table}.yml`), `name: ${table}\n`);
}

/** Runs the work with a standard input that holds this text; a terminal where `isTTY`. */
export async function withStdin<Result>(
  text: string,
  work: () => Promise<Result>,
  { isTTY = false }: { readonly isTTY?: boolean } = {},
): Promise<Result> {
  const before = Object.getOwnPropertyDescriptor(process, "stdin");
  const stdin = Object.assign(new PassThrough(), { isTTY });
  stdin.end(text);
  Object.defineProperty(process, "stdin", { value: stdin, configurable: true });
  try {
    return await work();
  } finally {
    if (before !== undefined) Object.defineProperty(process, "stdin", before);
  }
}

export type TableJson = Readonly<Record<string, unknown>>;

/** The tables of a document of `pull` or `status`. */
export function tablesOf(ran: Ran): readonly TableJson[] {
  return (ran.json() as { readonly tables: readonly TableJson[] }).tables;
}

/** The keys of an object, in order. */
export function keysOf(value: unknown): readonly string[] {
  return Object.keys(value as object);
}

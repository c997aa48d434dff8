import { resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { initDirectory } from "../config/init.ts";
import { DuolakeError } from "../core/errors.ts";
import { LOG_TABLES } from "../duo/tables/index.ts";
import { openSecretStore } from "../secrets/open-secret-store.ts";
import { EXIT_DONE } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { loadDirectory } from "./load-context.ts";

export interface InitCommandOptions {
  readonly apiHostname?: string;
  readonly integrationKey?: string;
  readonly tables?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** The five tables of Matano's managed log source. */
const DEFAULT_TABLES = ["admin", "auth", "offline_enrollment", "summary", "telephony"];

/** `duolake init DIR`: writes a Matano directory and the placeholder of its secret. */
export async function init(dir: string, options: InitCommandOptions, io: Io): Promise<number> {
  const answers = await complete(options, io);
  const root = resolve(io.cwd, dir);
  const files = await initDirectory(root, { ...answers, knownTables: LOG_TABLES.map(({ name }) => name) });
  const config = await loadDirectory(root);
  const secrets = openSecretStore(config, io.env);
  for (const source of config.logSources) await secrets.createPlaceholder(source.name);
  if (options.json === true) {
    io.out(`${JSON.stringify({ dir: root, files, sources: config.logSources.map(({ name }) => name) })}\n`);
    return EXIT_DONE;
  }
  io.out(`Wrote ${dir}:\n${files.map((file) => `  ${file}\n`).join("")}`);
  io.out(`\nNext:\n  cd ${dir}\n  duolake secret set duo     # the application's secret key\n`);
  io.out("  duolake doctor             # permissions, clock, lake\n  duolake pull\n");
  return EXIT_DONE;
}

interface Answers {
  readonly apiHostname: string;
  readonly integrationKey: string;
  readonly tables: readonly string[];
}

async function complete(options: InitCommandOptions, io: Io): Promise<Answers> {
  const given = {
    apiHostname: options.apiHostname?.trim(),
    integrationKey: options.integrationKey?.trim(),
    tables: options.tables === undefined ? DEFAULT_TABLES : splitNames(options.tables),
  };
  if (given.apiHostname !== undefined && given.integrationKey !== undefined) return given as Answers;
  if (options.yes === true || !process.stdin.isTTY) {
    const missing = given.apiHostname === undefined ? "--api-hostname" : "--integration-key";
    throw new DuolakeError(
      "usage_invalid",
      `Cannot write a Matano directory: ${missing} is needed, got none`,
    );
  }
  io.err("Find these in the Duo Admin Panel under Applications, in an application of the type Admin API.\n");
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const ask = async (question: string): Promise<string> =>
      (await prompt.question(question, { signal: io.signal })).trim();
    const apiHostname = given.apiHostname ?? (await ask("API hostname (api-….duosecurity.com): "));
    const integrationKey = given.integrationKey ?? (await ask("Integration key (DI…): "));
    const tables = options.tables ?? (await ask(`Tables [${DEFAULT_TABLES.join(",")}]: `));
    return { apiHostname, integrationKey, tables: tables === "" ? DEFAULT_TABLES : splitNames(tables) };
  } finally {
    prompt.close();
  }
}

function splitNames(text: string): string[] {
  return text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

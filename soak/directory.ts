import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Simulator } from "../simulator/simulator.ts";

/** Tables of the main account, and of the provider's child accounts. */
export const MAIN_TABLES = [
  "auth",
  "admin",
  "offline_enrollment",
  "telephony",
  "activity",
  "trust_monitor",
  "summary",
] as const;
export const CHILD_TABLES = ["auth", "admin"] as const;

/**
 * Writes a Matano directory into a temporary folder: the log source `duo`, and `duo_msp` of a provider with child accounts.
 *
 * @returns its path
 */
export async function writeDirectory(
  { apiHostname, integrationKey }: Simulator,
  options: { readonly providerKey: string; readonly backfillDays: number },
): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "duolake-soak-"));
  const source = (name: string, key: string, more = ""): string =>
    `name: ${name}\nmanaged:\n  type: DUO\n  properties:\n    api_hostname: ${apiHostname}\n    integration_key: ${key}\n${more}`;
  const tables = (name: string, wanted: readonly string[]): [string, string][] =>
    wanted.map((table) => [`log_sources/${name}/tables/${table}.yml`, `name: ${table}\n`]);
  const files = [
    ["matano.config.yml", `pull:\n  backfill: ${options.backfillDays}d\n`],
    ["log_sources/duo/log_source.yml", source("duo", integrationKey)],
    ["log_sources/duo_msp/log_source.yml", source("duo_msp", options.providerKey, "    accounts: all\n")],
    ...tables("duo", MAIN_TABLES),
    ...tables("duo_msp", CHILD_TABLES),
  ] as const;
  for (const [path, text] of files) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  return dir;
}

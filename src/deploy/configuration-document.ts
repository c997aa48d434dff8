import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import type { Config } from "../config/config.ts";
import { decodeText } from "../config/decode-text.ts";
import { DuolakeError, systemCode } from "../core/errors.ts";
import { compareCodePoints } from "../core/json.ts";

/** A directory as it travels with a deployment. */
export interface ConfigurationDocument {
  readonly bytes: Uint8Array;
  /** Of the bytes, in hex. */
  readonly sha256: string;
}

/** A log source takes about two thousand bytes. */
const SIZE_BYTES_MAX = 32 * 1024 * 1024;
const SOURCES_FOLDER = "log_sources";

/**
 * Packs the files of a Matano directory that count, and nothing else, into one JSON document, keys sorted:
 * `{"version":2,"sources":[{"name":"duo","folder":"duo","tables":["auth"]}],"files":{"matano.config.yml":"…"}}`. The same
 * files give the same bytes.
 *
 * With the list of log sources a function finds the files of those that it works for without reading the others.
 *
 * Log sources that are not pulled, Matano's other types above all, stay out, and so does whatever else lies in the folder.
 *
 * @param config the directory, loaded and found valid
 * @throws config_invalid where it is too large or changed meanwhile
 */
export async function configurationDocument(
  config: Pick<Config, "dir" | "logSources">,
): Promise<ConfigurationDocument> {
  const { dir } = config;
  const tablesOf = new Map(config.logSources.map(({ name, tables }) => [name, tables]));
  const sources: { readonly name: string; readonly folder: string; readonly tables: readonly string[] }[] =
    [];
  const files: Record<string, string> = {};
  const take = async (path: string): Promise<void> => {
    const text = await textOf(dir, path);
    if (text !== undefined) files[path] = text;
  };
  await take("matano.config.yml");
  for (const folder of await namesIn(dir, SOURCES_FOLDER)) {
    const head = `${SOURCES_FOLDER}/${folder}/log_source.yml`;
    const text = await textOf(dir, head);
    const name = nameIn(text ?? "");
    const known = tablesOf.get(name);
    if (text === undefined || known === undefined) continue;
    sources.push({ name, folder, tables: known.map((table) => table.name) });
    files[head] = text;
    const tables = `${SOURCES_FOLDER}/${folder}/tables`;
    for (const file of await namesIn(dir, tables)) if (file.endsWith(".yml")) await take(`${tables}/${file}`);
  }
  const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => compareCodePoints(a, b)));
  sources.sort((a, b) => compareCodePoints(a.name, b.name));
  const bytes = new TextEncoder().encode(JSON.stringify({ version: 2, sources, files: sorted }));
  if (bytes.length > SIZE_BYTES_MAX) {
    throw new DuolakeError(
      "config_invalid",
      `Cannot deploy the directory ${dir}: its files are larger than ${SIZE_BYTES_MAX} bytes, got ${bytes.length}`,
    );
  }
  return { bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** What does not lie in a folder of this name, or is hidden, is none of ours. */
async function namesIn(dir: string, folder: string): Promise<readonly string[]> {
  try {
    const names = await readdir(join(dir, folder));
    return names.filter((name) => !name.startsWith(".")).sort(compareCodePoints);
  } catch (error) {
    if (systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR") return [];
    throw error;
  }
}

async function textOf(dir: string, path: string): Promise<string | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(join(dir, path));
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR") return undefined;
    throw error;
  }
  const decoded = decodeText(bytes);
  if ("text" in decoded) return decoded.text;
  // Loading the directory has refused such a file before: somebody changed it just now.
  throw new DuolakeError("config_invalid", `Cannot deploy ${path}: ${decoded.reason}`);
}

function nameIn(text: string): string {
  try {
    const name = (parse(text) as { readonly name?: unknown } | null)?.name;
    return typeof name === "string" ? name : "";
  } catch {
    return "";
  }
}

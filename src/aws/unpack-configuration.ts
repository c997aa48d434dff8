import { createHash } from "node:crypto";
import { DuolakeError, errorText } from "../core/errors.ts";
import { isJsonObject, type Json, parseJson, stringifyJson } from "../core/json.ts";

/** A path below the directory, with `/`: no way out of it, nothing hidden. */
const PATH = /^[^/\\.\0][^/\\\0]*(?:\/[^/\\.\0][^/\\\0]*)*$/;

/** A log source of a deployment. */
export interface DeployedSource {
  readonly name: string;
  /** Its folder in `log_sources/`. */
  readonly folder: string;
  /** Short names of its tables. */
  readonly tables: readonly string[];
}

/** A Matano directory as it travelled. */
export interface UnpackedConfiguration {
  /** Texts by their path from the directory. */
  readonly files: ReadonlyMap<string, string>;
  readonly sources: readonly DeployedSource[];
}

const VERSION = 2;

/**
 * Reads the document in which a Matano directory travels with its deployment. Pure.
 *
 * @param key names the document: the checksum in it must be that of the bytes
 * @throws config_invalid where it is damaged, of another version, or names a file outside of the directory
 */
export function unpackConfiguration(key: string, bytes: Uint8Array): UnpackedConfiguration {
  const found = createHash("sha256").update(bytes).digest("hex");
  if (key.match(/([0-9a-f]{64})\.json$/)?.[1] !== found) {
    throw invalid(key, `its bytes are not those that its name tells, got sha256 ${found}`);
  }
  const document = parsed(key, bytes);
  if (!isJsonObject(document) || document["version"] !== VERSION) {
    const version = isJsonObject(document) ? stringifyJson(document["version"] ?? null) : "no object";
    throw invalid(key, `this version of duolake reads version ${VERSION}, got ${version}`);
  }
  const { files, sources } = document;
  if (!isJsonObject(files)) throw invalid(key, "it has no files");
  const texts = new Map<string, string>();
  for (const [path, text] of Object.entries(files)) {
    if (!PATH.test(path)) throw invalid(key, `a file is not inside of the directory, got ${path}`);
    if (typeof text !== "string") throw invalid(key, `a file has no text, got ${path}`);
    texts.set(path, text);
  }
  if (!Array.isArray(sources) || !sources.every(isSource))
    throw invalid(key, "it does not list its log sources");
  return { files: texts, sources };
}

function isSource(value: Json): value is Json & DeployedSource {
  if (!isJsonObject(value)) return false;
  const { name, folder, tables } = value;
  return (
    typeof name === "string" &&
    typeof folder === "string" &&
    Array.isArray(tables) &&
    tables.every((table) => typeof table === "string")
  );
}

function parsed(key: string, bytes: Uint8Array): Json {
  try {
    return parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw invalid(key, `it is no JSON, got ${errorText(error)}`);
  }
}

function invalid(key: string, reason: string): DuolakeError {
  return new DuolakeError(
    "config_invalid",
    `Cannot read the deployed configuration ${key}: ${reason}; deploy again`,
  );
}

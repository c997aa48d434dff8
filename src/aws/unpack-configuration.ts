import { createHash } from "node:crypto";
import { DuolakeError, errorText } from "../core/errors.ts";
import { isJsonObject, type Json, parseJson, stringifyJson } from "../core/json.ts";

/** A path below the directory, with `/`: no way out of it, nothing hidden. */
const PATH = /^[^/\\.\0][^/\\\0]*(?:\/[^/\\.\0][^/\\\0]*)*$/;

/**
 * Reads the document in which a Matano directory travels with its deployment. Pure.
 *
 * @param key names the document: the checksum in it must be that of the bytes
 * @returns the files' texts by their path from the directory
 * @throws config_invalid where it is damaged, of another version, or names a file outside of the directory
 */
export function unpackConfiguration(key: string, bytes: Uint8Array): ReadonlyMap<string, string> {
  const found = createHash("sha256").update(bytes).digest("hex");
  if (key.match(/([0-9a-f]{64})\.json$/)?.[1] !== found) {
    throw invalid(key, `its bytes are not those that its name tells, got sha256 ${found}`);
  }
  const document = parsed(key, bytes);
  if (!isJsonObject(document) || document["version"] !== 1) {
    const version = isJsonObject(document) ? stringifyJson(document["version"] ?? null) : "no object";
    throw invalid(key, `this version of duolake reads version 1, got ${version}`);
  }
  const { files } = document;
  if (!isJsonObject(files)) throw invalid(key, "it has no files");
  const texts = new Map<string, string>();
  for (const [path, text] of Object.entries(files)) {
    if (!PATH.test(path)) throw invalid(key, `a file is not inside of the directory, got ${path}`);
    if (typeof text !== "string") throw invalid(key, `a file has no text, got ${path}`);
    texts.set(path, text);
  }
  return texts;
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

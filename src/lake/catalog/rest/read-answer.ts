import { isJsonObject, type JsonObject } from "../../../core/json.ts";
import { invalid, metadataOf } from "../../spec/metadata.ts";
import type { Loaded } from "../catalog.ts";

/** What a table's answer says of how its files are reached. */
export interface AccessHints {
  /** The server's configuration of the table: `s3.endpoint` and the like. */
  readonly config: Readonly<Record<string, string>>;
  /** Credentials for all that begins with a prefix. */
  readonly credentials: readonly {
    readonly prefix: string;
    readonly config: Readonly<Record<string, string>>;
  }[];
}

/**
 * Reads the answer that describes a table (REST spec, `LoadTableResult`, `CommitTableResponse`).
 *
 * @throws lake_metadata_invalid, lake_format_unsupported
 */
export function loadedOf(name: string, answer: JsonObject): Loaded {
  const location = answer["metadata-location"];
  if (typeof location !== "string" || location === "") {
    throw invalid(`the catalog's answer about table ${name}`, "its metadata-location is missing");
  }
  return { name, metadata: metadataOf(answer["metadata"], location), metadataLocation: location };
}

/** Reads what the answer says of how the files are reached (REST spec, `config`, `storage-credentials`). */
export function accessOf(answer: JsonObject): AccessHints {
  const list = answer["storage-credentials"];
  const credentials = (Array.isArray(list) ? list : []).filter(isJsonObject).map((item: JsonObject) => ({
    prefix: typeof item["prefix"] === "string" ? item["prefix"] : "",
    config: textsOf(item["config"]),
  }));
  return { config: textsOf(answer["config"]), credentials };
}

function textsOf(map: unknown): Readonly<Record<string, string>> {
  if (!isJsonObject(map)) return {};
  const texts = Object.entries(map).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return Object.fromEntries(texts);
}

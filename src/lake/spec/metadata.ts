import { DuolakeError } from "../../core/errors.ts";
import type { JsonObject } from "../../core/json.ts";
import { isJsonObject, parseJson } from "../../core/json.ts";
import { withPlainTypes } from "./plain-types.ts";
import type { Int64, Schema, Snapshot, TableMetadata } from "./types.ts";

const ADVICE = "restore the file from a backup, or move the table's folder away to start it anew";

/**
 * Reads a metadata file; whatever is not what the spec asks for is refused, because a table that is
 * half understood would be half overwritten by the next commit.
 *
 * @throws lake_metadata_invalid naming the file, lake_format_unsupported for versions other than 2
 */
export function parseMetadata(text: string, file: string): TableMetadata {
  let json: unknown;
  try {
    json = parseJson(text);
  } catch (error) {
    throw invalid(file, "it is no JSON", error);
  }
  return metadataOf(json, file);
}

/**
 * Reads metadata that a catalog gave as JSON; see `parseMetadata`.
 *
 * @param file where it stands, for errors
 */
export function metadataOf(json: unknown, file: string): TableMetadata {
  if (!isJsonObject(json)) throw invalid(file, "it is no JSON object");
  const version = json["format-version"];
  if (typeof version === "number" && version !== 2) {
    throw new DuolakeError(
      "lake_format_unsupported",
      `Cannot use table metadata ${file}: only Iceberg format version 2 is supported, got ${version}`,
    );
  }
  const problem = problemOf(json);
  if (problem !== undefined) throw invalid(file, problem);
  return normalized(json);
}

/** The error of a file of the table that cannot be understood; it says what to do and that nothing was changed. */
export function invalid(file: string, reason: string, cause?: unknown): DuolakeError {
  return new DuolakeError("lake_metadata_invalid", `Cannot read ${file}: ${reason}; ${ADVICE}`, { cause });
}

const KINDS: Readonly<Record<string, "number" | "string" | "array">> = {
  "format-version": "number",
  "table-uuid": "string",
  location: "string",
  "last-sequence-number": "number",
  "last-updated-ms": "number",
  "last-column-id": "number",
  "current-schema-id": "number",
  schemas: "array",
  "default-spec-id": "number",
  "partition-specs": "array",
  "last-partition-id": "number",
  "default-sort-order-id": "number",
  "sort-orders": "array",
};

function problemOf(json: JsonObject): string | undefined {
  for (const [key, kind] of Object.entries(KINDS)) {
    const value = json[key];
    const fits = kind === "array" ? Array.isArray(value) : typeof value === kind;
    if (!fits) return `its ${key} is ${value === undefined ? "missing" : `no ${kind}`}`;
  }
  for (const key of ["snapshots", "snapshot-log", "metadata-log"]) {
    const value = json[key] ?? [];
    if (!Array.isArray(value) || !value.every(isJsonObject)) return `its ${key} is no array of objects`;
  }
  if (!isJsonObject(json["properties"] ?? {})) return "its properties are no object";
  if (!isJsonObject(json["refs"] ?? {})) return "its refs are no object";
  return danglingId(json);
}

function danglingId(json: JsonObject): string | undefined {
  const has = (list: string, key: string, id: unknown): boolean =>
    ((json[list] ?? []) as readonly JsonObject[]).some((item) => item[key] === id);
  if (!has("schemas", "schema-id", json["current-schema-id"])) return "its current schema is missing";
  if (!has("partition-specs", "spec-id", json["default-spec-id"])) return "its partition spec is missing";
  const current = snapshotIdOf(json);
  if (current !== undefined && !has("snapshots", "snapshot-id", current)) {
    return "its current snapshot is missing";
  }
  return undefined;
}

function snapshotIdOf(json: JsonObject): Int64 | undefined {
  const id = json["current-snapshot-id"];
  return id === undefined || id === null || id === -1 ? undefined : (id as Int64);
}

/** Fills in what v2 leaves optional, so that the rest of the program need not ask. */
function normalized(json: JsonObject): TableMetadata {
  const { "current-snapshot-id": _ignored, ...rest } = json;
  const current = snapshotIdOf(json);
  const refs = (json["refs"] ?? {}) as unknown as TableMetadata["refs"];
  return {
    ...rest,
    schemas: (json["schemas"] as unknown as readonly Schema[]).map(withPlainTypes),
    properties: json["properties"] ?? {},
    snapshots: json["snapshots"] ?? [],
    "snapshot-log": json["snapshot-log"] ?? [],
    "metadata-log": json["metadata-log"] ?? [],
    ...(current === undefined ? {} : { "current-snapshot-id": current }),
    refs:
      current === undefined || refs["main"] !== undefined
        ? refs
        : { ...refs, main: { type: "branch", "snapshot-id": current } },
  } as unknown as TableMetadata;
}

/** The schema that rows are written with now. */
export function currentSchema(metadata: TableMetadata): Schema {
  const schema = metadata.schemas.find((item) => item["schema-id"] === metadata["current-schema-id"]);
  if (schema === undefined) throw new RangeError("Cannot find the current schema: parseMetadata checks it");
  return schema;
}

/** The current snapshot; undefined while the table is empty. */
export function currentSnapshot(metadata: TableMetadata): Snapshot | undefined {
  const id = metadata["current-snapshot-id"];
  return id === undefined ? undefined : metadata.snapshots.find((item) => item["snapshot-id"] === id);
}

/** A property as a positive number, or the default where it is missing or no such number. */
export function numberProperty(
  properties: Readonly<Record<string, string>>,
  { key, fallback }: { key: string; fallback: number },
): number {
  const value = Number(properties[key] ?? Number.NaN);
  return Number.isFinite(value) && value > 0 ? value : fallback;
}

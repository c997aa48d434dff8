import type { S3Keys } from "../../store/s3-client.ts";
import type { AccessHints } from "./read-answer.ts";

/** How the files of one table are reached, as its catalog says; what is absent is left to the AWS chain. */
export interface S3Access {
  readonly endpoint?: string;
  readonly region?: string;
  readonly keys?: S3Keys;
}

/** Keys of which nobody says how long they last are asked for anew after so long. */
const LIFE_MS_DEFAULT = 900_000;

/**
 * Reads the names that Iceberg's own clients have for S3 (`s3.access-key-id` and the like); credentials with the longest prefix of the
 * location win over the table's configuration (REST spec, `StorageCredential`).
 */
export function s3Access(
  hints: AccessHints,
  table: { readonly location: string; readonly nowMs: number },
): S3Access {
  const fits = hints.credentials
    .filter(({ prefix }) => sameScheme(table.location).startsWith(sameScheme(prefix)))
    .sort((a, b) => b.prefix.length - a.prefix.length);
  const config = { ...hints.config, ...fits[0]?.config };
  const endpoint = config["s3.endpoint"];
  const region = config["client.region"] ?? config["s3.region"];
  const keys = keysOf(config, table.nowMs);
  return {
    ...(endpoint && { endpoint }),
    ...(region && { region }),
    ...(keys && { keys }),
  };
}

function keysOf(config: Readonly<Record<string, string>>, nowMs: number): S3Keys | undefined {
  const accessKeyId = config["s3.access-key-id"];
  const secretAccessKey = config["s3.secret-access-key"];
  const sessionToken = config["s3.session-token"];
  if (!accessKeyId || !secretAccessKey) return undefined;
  const said = Number(config["s3.session-token-expires-at-ms"] ?? Number.NaN);
  const expiration = new Date(Number.isFinite(said) ? said : nowMs + LIFE_MS_DEFAULT);
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }), expiration };
}

function sameScheme(path: string): string {
  return path.replace(/^s3[an]:/i, "s3:");
}

/** An object, or the beginning of the names of many: `s3://bucket/key`. */
export interface S3Path {
  readonly bucket: string;
  /** Without a slash at either end; empty for the bucket itself. */
  readonly key: string;
}

/**
 * The prefixes under which the same object is known: Hadoop's engines write `s3a` and `s3n` into the metadata of a table
 * that they changed.
 */
const PATH = /^s3[an]?:\/\/([^/]+)(?:\/+(.*))?$/is;

/** Reads `s3://bucket/key`; undefined for anything else. */
export function s3Path(path: string): S3Path | undefined {
  const match = PATH.exec(path);
  if (match === null) return undefined;
  const [, bucket = "", key = ""] = match;
  return { bucket, key: key.replace(/\/+$/, "") };
}

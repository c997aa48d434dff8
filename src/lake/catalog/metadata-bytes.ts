import { stringifyJson } from "../../core/json.ts";
import type { Schema, Snapshot, TableMetadata } from "../spec/types.ts";

/** A metadata file's content. */
export function metadataBytes(metadata: TableMetadata): Uint8Array {
  const { schemas, snapshots, ...rest } = metadata;
  const parts: Uint8Array[] = [Buffer.from(jsonText(rest).slice(0, -1)), SCHEMAS];
  for (const [index, schema] of schemas.entries())
    parts.push(index === 0 ? NOTHING : COMMA, partBytes(schema));
  parts.push(SNAPSHOTS);
  for (const [index, snapshot] of snapshots.entries())
    parts.push(index === 0 ? NOTHING : COMMA, partBytes(snapshot));
  parts.push(END);
  return Buffer.concat(parts);
}

const SCHEMAS = Buffer.from(',"schemas":[');
const SNAPSHOTS = Buffer.from('],"snapshots":[');
const END = Buffer.from("]}");
const COMMA = Buffer.from(",");
const NOTHING = Buffer.from("");

// A commit brings one snapshot and keeps hundreds as they are; to write them all anew was most of its work.
const known = new WeakMap<Schema | Snapshot, Buffer>();

function partBytes(part: Schema | Snapshot): Buffer {
  const before = known.get(part);
  if (before !== undefined) return before;
  const bytes = Buffer.from(jsonText(part));
  known.set(part, bytes);
  return bytes;
}

/** Nearly always there is no bigint in it, and looking at every value for one takes longer than all the rest. */
function jsonText(value: object): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof TypeError) return stringifyJson(value);
    throw error;
  }
}

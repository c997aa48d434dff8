import { stringifyJson } from "../../core/json.ts";
import type { TableMetadata } from "../spec/types.ts";

/** A metadata file's content. */
export function metadataBytes(metadata: TableMetadata): Uint8Array {
  return new TextEncoder().encode(metadataText(metadata));
}

/** Nearly always there is no bigint in it, and looking at every value for one takes longer than all the rest. */
function metadataText(metadata: TableMetadata): string {
  try {
    return JSON.stringify(metadata);
  } catch (error) {
    if (error instanceof TypeError) return stringifyJson(metadata);
    throw error;
  }
}

import { DuolakeError, systemCode } from "../../core/errors.ts";
import { parseMetadata } from "../spec/metadata.ts";
import type { TableMetadata } from "../spec/types.ts";
import type { Store } from "../store/store.ts";
import type { Loaded } from "./catalog.ts";
import { findTable, type GlueTools, placeOf } from "./glue-find.ts";
import { metadataLocationOf } from "./glue-table.ts";

/** How often a table is asked for again whose metadata file was pruned between the answer and the read. */
const READ_COUNT_MAX = 5;

/**
 * Loads a table by the metadata file that Glue names, whoever wrote it; undefined where Glue has none of that name.
 *
 * @throws lake_format_unsupported where it is no Iceberg table, lake_metadata_invalid where the file is missing or damaged
 */
export async function readTable(tools: GlueTools, name: string): Promise<Loaded | undefined> {
  let tried = "";
  for (let count = 0; count < READ_COUNT_MAX; count += 1) {
    const table = await findTable(tools, name);
    if (table === undefined) return undefined;
    const metadataLocation = metadataLocationOf(table, placeOf(tools, name));
    // Asked twice and named twice: nobody replaced it, it is not there.
    if (metadataLocation === tried) break;
    try {
      return { name, metadata: await readMetadata(tools.store, metadataLocation), metadataLocation };
    } catch (error) {
      if (systemCode(error) !== "ENOENT") throw error;
      tried = metadataLocation;
    }
  }
  throw new DuolakeError(
    "lake_metadata_invalid",
    `Cannot read table ${placeOf(tools, name)}: the metadata file that Glue names for it is missing, got nothing at ${tried}; restore it from a backup, or drop the table in Glue to start it anew`,
  );
}

/** Reads a metadata file. */
export async function readMetadata(store: Store, path: string): Promise<TableMetadata> {
  return parseMetadata(new TextDecoder().decode(await store.read(path)), path);
}

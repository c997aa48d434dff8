import type { Clock } from "../../core/clock.ts";
import type { Store } from "../store/store.ts";
import type { Catalog } from "./catalog.ts";
import type { GlueRequests } from "./glue-client.ts";
import { commitInGlue, createInGlue, goneFromGlue } from "./glue-commit.ts";
import { asked, findTable, type GlueTools, isNotThere, placeOf } from "./glue-find.ts";
import { readTable } from "./glue-read.ts";
import { isIcebergTable, metadataLocationOf } from "./glue-table.ts";
import { nextMetadata } from "./next-metadata.ts";
import { isTableName, tableLocation } from "./table-location.ts";

/** So many pages of tables at most; each has up to a hundred. */
const PAGE_COUNT_MAX = 1_000;

/**
 * Tables of a database of the AWS Glue Data Catalog: the parameter `metadata_location` of the Glue table names the metadata
 * file that counts, and a commit is one `UpdateTable` with the `VersionId` it was decided on (docs/spec/commit.md, C21-C23).
 *
 * Athena, Spark and others that know Iceberg in Glue read and write the same tables, and their commits are met as those
 * of another duolake are.
 */
export function glueCatalog(options: {
  readonly requests: GlueRequests;
  readonly store: Store;
  readonly warehouse: string;
  readonly database: string;
  readonly clock: Clock;
}): Catalog {
  const tools: GlueTools = options;
  const root = `${options.warehouse.replace(/\/+$/, "")}/${options.database}`;
  return {
    locationOf: (name) => tableLocation(root, name),
    list: () => list(tools),
    load: async (name) => {
      tableLocation(root, name);
      return readTable(tools, name);
    },
    refresh: async (base) => {
      const { name, metadataLocation } = base;
      const now = await findTable(tools, name);
      if (now !== undefined && metadataLocationOf(now, placeOf(tools, name)) === metadataLocation)
        return base;
      const loaded = now && (await readTable(tools, name));
      if (loaded === undefined) throw goneFromGlue(tools, name);
      return loaded;
    },
    create: (name, metadata) => createInGlue(tools, { name, metadata, root }),
    commit: async (base, requirements, updates) => {
      const metadata = nextMetadata(base, { requirements, updates, nowMs: tools.clock.nowMs() });
      return commitInGlue(tools, { base, metadata });
    },
  };
}

/** The Iceberg tables of the database; none where there is no database. */
async function list(tools: GlueTools): Promise<readonly string[]> {
  const names: string[] = [];
  let from: string | undefined;
  for (let count = 0; count < PAGE_COUNT_MAX; count += 1) {
    const page = await asked(tools, "glue:GetTables", tools.database, async () => {
      try {
        return await tools.requests.getTables(from);
      } catch (error) {
        if (isNotThere(error)) return { tables: [], next: undefined };
        throw error;
      }
    });
    names.push(...page.tables.filter(isIcebergTable).map(({ Name: name }) => name ?? ""));
    from = page.next;
    if (from === undefined) break;
  }
  return names.filter(isTableName).sort();
}

import type { Clock } from "../../core/clock.ts";
import { DuolakeError } from "../../core/errors.ts";
import type { TableRequirement, TableUpdate } from "../spec/types.ts";
import type { Store } from "../store/store.ts";
import type { Catalog, Loaded } from "./catalog.ts";
import { accessOf, loadedOf } from "./rest/read-answer.ts";
import { commitInRest } from "./rest/commit-in-rest.ts";
import { createInRest } from "./rest/create-in-rest.ts";
import type { RestRequests } from "./rest/rest-client.ts";
import { restError } from "./rest/rest-error.ts";
import { RestFailure } from "./rest/rest-failure.ts";
import { type OpenS3, tableStores } from "./rest/table-stores.ts";
import { isTableName, tableLocation } from "./table-location.ts";

/** So many pages of tables at most. */
const PAGE_COUNT_MAX = 1_000;

/**
 * Tables of a namespace of an Iceberg REST catalog: the server holds the metadata, gives out field ids and locations, and applies
 * what a commit requires and changes in one step (docs/spec/commit.md, C24-C26).
 *
 * Metadata files are the server's: none is written or removed here.
 *
 * @param options `openS3` opens the store of a table in S3; without it all tables are in the lake's own
 */
export function restCatalog(options: {
  readonly requests: RestRequests;
  readonly database: string;
  readonly clock: Clock;
  readonly openS3?: OpenS3 | undefined;
}): Catalog {
  const { requests, database, clock, openS3 } = options;
  const read = async (name: string): Promise<Loaded | undefined> => {
    tableLocation(database, name);
    try {
      const answer = await requests.loadTable(name);
      const loaded = loadedOf(name, answer);
      stores?.note(loaded, accessOf(answer));
      return loaded;
    } catch (error) {
      if (error instanceof RestFailure && isMissing(error)) return undefined;
      throw restError(error, `load table ${name} from the catalog`);
    }
  };
  const stores = openS3 && tableStores({ nowMs: clock.nowMs, reload: read, openS3 });
  return {
    keepsMetadata: true,
    locationOf: (name) => tableLocation(database, name),
    storeOf: (table): Store | undefined => stores?.of(table),
    list: () => list(requests),
    load: read,
    refresh: async (base) => {
      const now = await read(base.name);
      if (now === undefined) throw gone(base);
      return now.metadataLocation === base.metadataLocation ? base : now;
    },
    create: async (name, metadata) => {
      const { loaded, access } = await createInRest(requests, { name, metadata });
      stores?.note(loaded, access);
      return loaded;
    },
    commit: (base, requirements: readonly TableRequirement[], updates: readonly TableUpdate[]) =>
      commitInRest(requests, { base, requirements, updates }),
  };
}

async function list(requests: RestRequests): Promise<readonly string[]> {
  const names: string[] = [];
  let from = "";
  try {
    for (let count = 0; count < PAGE_COUNT_MAX; count += 1) {
      const page = await requests.listTables(from);
      names.push(...page.names);
      // A server that knows no pages gives the same one again.
      if (page.next === undefined || page.next === from) break;
      from = page.next;
    }
  } catch (error) {
    if (error instanceof RestFailure && isMissing(error)) return [];
    throw restError(error, "list the tables of the catalog");
  }
  return [...new Set(names)].filter(isTableName).sort();
}

/** There is no such table or namespace; a 404 without the API's words is a wrong address. */
function isMissing({ status, word }: RestFailure): boolean {
  return status === 404 && /^NoSuch(Table|Namespace|Iceberg\w*)|NotFound/i.test(word);
}

function gone({ name, metadataLocation }: Loaded): DuolakeError {
  return new DuolakeError(
    "lake_metadata_invalid",
    `Cannot reload table ${name}: the catalog has none of this name any more, got none where ${metadataLocation} was; register it again, or restore it from a backup`,
  );
}

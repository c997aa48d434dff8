import type { Clock } from "../../../src/core/clock.ts";
import type { CommitTools } from "../../../src/lake/append/commit-change.ts";
import { glueCatalog } from "../../../src/lake/catalog/glue.ts";
import { glueRequests } from "../../../src/lake/catalog/glue-client.ts";
import { memoryStore } from "../../../src/lake/store/memory.ts";
import type { Store } from "../../../src/lake/store/store.ts";
import type { GlueServer } from "../../support/glue-server.ts";
import { instantClock } from "./memory-table.ts";

/** What commits need, over a Glue server and a store in memory or the one given. */
export function glueTools(
  server: GlueServer,
  options: {
    readonly store?: Store;
    readonly database?: string;
    readonly clock?: Clock;
    readonly silenceMsMax?: number;
  } = {},
): CommitTools {
  const { store = memoryStore(), database = "d", clock = instantClock(), silenceMsMax } = options;
  const reach = { ...server.client, ...(silenceMsMax !== undefined && { silenceMsMax }) };
  const requests = glueRequests({ ...reach, database });
  return { store, clock, catalog: glueCatalog({ requests, store, warehouse: "/w", database, clock }) };
}

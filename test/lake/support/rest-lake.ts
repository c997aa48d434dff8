import type { Clock } from "../../../src/core/clock.ts";
import { createHttp } from "../../../src/core/http.ts";
import type { CommitTools } from "../../../src/lake/append/commit-change.ts";
import { restCatalog } from "../../../src/lake/catalog/rest.ts";
import { restRequests } from "../../../src/lake/catalog/rest/rest-client.ts";
import type { RestChoice } from "../../../src/lake/catalog/rest/rest-options.ts";
import { memoryStore } from "../../../src/lake/store/memory.ts";
import type { Store } from "../../../src/lake/store/store.ts";
import type { RestServer } from "../../support/rest-catalog-server.ts";
import { instantClock } from "./memory-table.ts";

/** What commits need, over a REST catalog and a store in memory or the one given. */
export function restTools(
  server: Pick<RestServer, "url">,
  options: {
    readonly store?: Store;
    readonly database?: string;
    readonly clock?: Clock;
    readonly choice?: Partial<RestChoice>;
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): CommitTools {
  const { store = memoryStore(), database = "d", clock = instantClock(), env = {} } = options;
  const choice = { type: "rest", uri: server.url, ...options.choice } as const;
  const { http } = createHttp({ answerTimeoutMs: 5_000 });
  const requests = restRequests({ choice, database, clock, http, env });
  return { store, clock, catalog: restCatalog({ requests, database, clock }) };
}

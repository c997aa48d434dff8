import type { Clock } from "../core/clock.ts";
import { DuolakeError } from "../core/errors.ts";
import { createHttp } from "../core/http.ts";
import type { Catalog } from "./catalog/catalog.ts";
import { folderCatalog } from "./catalog/folder.ts";
import { glueCatalog } from "./catalog/glue.ts";
import { type GlueOptions, glueRequests } from "./catalog/glue-client.ts";
import { restCatalog } from "./catalog/rest.ts";
import { restRequests } from "./catalog/rest/rest-client.ts";
import type { RestChoice, RestReach } from "./catalog/rest/rest-options.ts";
import type { OpenS3 } from "./catalog/rest/table-stores.ts";
import type { Store } from "./store/store.ts";

/** What says which metadata file of a table is the current one. */
export type CatalogChoice =
  | { readonly type: "folder" }
  /** `catalogId`: the account whose Data Catalog it is. What is absent is left to the AWS SDK. */
  | { readonly type: "glue"; readonly region?: string; readonly catalogId?: string }
  | RestChoice;

/** A catalog, and what it needs of the store. */
export interface OpenedCatalog {
  readonly catalog: Catalog;
  /** A commit is a write of the store that one of many wins, so a store that grants it to two must be refused. */
  readonly isStoreTheLock: boolean;
}

/**
 * Opens the catalog that the configuration names; nothing is read, sent or loaded yet.
 *
 * @param options `warehouse` as `openStore` gives it; `glue` takes the place of what the configuration and the environment say;
 *   `env` is asked for the address of another Glue
 * @throws config_invalid for Glue over a folder, and for a REST catalog whose secret the environment lacks
 */
export function openCatalog(options: {
  readonly choice: CatalogChoice;
  readonly store: Store;
  readonly warehouse: string;
  readonly database: string;
  readonly clock: Clock;
  readonly glue?: GlueOptions | undefined;
  /** Secrets and transport of a REST catalog, instead of those of the process. */
  readonly rest?: RestReach | undefined;
  /** Opens the stores of a REST catalog's tables; without it they are in `store`. */
  readonly openS3?: OpenS3 | undefined;
  readonly env?: Readonly<Record<string, string | undefined>>;
}): OpenedCatalog {
  const { choice } = options;
  switch (choice.type) {
    case "folder":
      return { catalog: folderCatalog(options), isStoreTheLock: true };
    case "glue": {
      const { type: _type, ...reached } = choice;
      checkGlueWarehouse(options);
      const requests = glueRequests({ ...reached, ...options.glue, database: options.database });
      return { catalog: glueCatalog({ ...options, requests }), isStoreTheLock: false };
    }
    case "rest": {
      const { env = options.env ?? process.env, http = createHttp().http } = options.rest ?? {};
      const requests = restRequests({ ...options, choice, env, http });
      return { catalog: restCatalog({ ...options, requests }), isStoreTheLock: false };
    }
  }
}

/** Amazon's Glue must not name files that only this machine has; a service of this machine may. */
function checkGlueWarehouse(options: Parameters<typeof openCatalog>[0]): void {
  const { warehouse, glue, env = process.env } = options;
  const isOther = glue?.endpoint || env["AWS_ENDPOINT_URL_GLUE"] || env["AWS_ENDPOINT_URL"];
  if (/^s3:\/\//i.test(warehouse) || isOther) return;
  throw new DuolakeError(
    "config_invalid",
    `Cannot open the lake: catalog type glue needs a warehouse on S3, so that every engine finds the files, got ${warehouse}; set lake.warehouse to s3://bucket/prefix`,
  );
}

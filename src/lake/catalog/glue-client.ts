import type { GlueClient, Table, TableInput } from "@aws-sdk/client-glue";
import { loadAwsPackage } from "../../core/load-aws-package.ts";
import { trustedCertificates } from "../../core/trusted-certificates.ts";

type Package = typeof import("@aws-sdk/client-glue");

/** A table as Glue describes it. */
export type GlueTable = Table;
/** A table as Glue is told of it. */
export type GlueTableInput = TableInput;

/** How to reach Glue; what is absent is left to the SDK's own chain: environment, shared files, role of the machine. */
export interface GlueOptions {
  /** Another service than Amazon's; `AWS_ENDPOINT_URL_GLUE` and `AWS_ENDPOINT_URL` say the same. */
  readonly endpoint?: string;
  readonly region?: string;
  /** A name of the shared configuration files. */
  readonly profile?: string;
  /** The account whose Data Catalog it is; by default that of the credentials. */
  readonly catalogId?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Longest silence of a connection, ms. */
  readonly silenceMsMax?: number;
  /** Loads the package; replaced in tests. */
  readonly loadPackage?: () => Promise<Package>;
}

/** One page of a database's tables. */
export interface GluePage {
  readonly tables: readonly GlueTable[];
  /** For the next page; undefined at the end. */
  readonly next: string | undefined;
}

/**
 * The requests that the catalog sends, each exactly once and without a second try: whether one may be sent again is for the
 * caller to say. Failures are those of the SDK; `glueFailure` reads them.
 */
export interface GlueRequests {
  /** Throws EntityNotFoundException where there is no such table or no such database. */
  readonly getTable: (name: string) => Promise<GlueTable>;
  readonly getTables: (from: string | undefined) => Promise<GluePage>;
  /** Throws AlreadyExistsException, EntityNotFoundException where there is no database. */
  readonly createTable: (table: GlueTableInput) => Promise<void>;
  /** Throws ConcurrentModificationException where the table is at another version than the one given. */
  readonly updateTable: (table: GlueTableInput, versionId: string) => Promise<void>;
  /** Throws AlreadyExistsException. */
  readonly createDatabase: (location: string) => Promise<void>;
}

const CONNECT_TIMEOUT_MS = 10_000;
const SILENCE_MS_MAX = 30_000;
const SOCKET_COUNT_MAX = 8;

/**
 * The requests of `@aws-sdk/client-glue` for one database. The package is loaded by the first of them: nobody without Glue
 * pays for it.
 *
 * @throws package_missing where the package cannot be loaded
 */
export function glueRequests(options: GlueOptions & { readonly database: string }): GlueRequests {
  let opened: Promise<{ readonly api: Package; readonly client: GlueClient }> | undefined;
  const open = (): Promise<{ readonly api: Package; readonly client: GlueClient }> => {
    opened ??= openClient(options).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  const catalog = options.catalogId === undefined ? {} : { CatalogId: options.catalogId };
  const place = { ...catalog, DatabaseName: options.database };
  return {
    getTable: async (Name) => {
      const { api, client } = await open();
      const { Table: table } = await client.send(new api.GetTableCommand({ ...place, Name }));
      if (table === undefined)
        throw new TypeError(`Cannot read Glue's answer: there is no Table for ${Name}`);
      return table;
    },
    getTables: async (from) => {
      const { api, client } = await open();
      const answer = await client.send(new api.GetTablesCommand({ ...place, NextToken: from }));
      // An empty token, as some services give it, is the end as well.
      return { tables: answer.TableList ?? [], next: answer.NextToken || undefined };
    },
    createTable: async (TableInput) => {
      const { api, client } = await open();
      await client.send(new api.CreateTableCommand({ ...place, TableInput }));
    },
    updateTable: async (TableInput, VersionId) => {
      const { api, client } = await open();
      // Glue keeps a copy of every version unless told otherwise, up to a limit that a commit every five minutes meets in a year.
      const how = { VersionId, SkipArchive: true };
      await client.send(new api.UpdateTableCommand({ ...place, TableInput, ...how }));
    },
    createDatabase: async (LocationUri) => {
      const { api, client } = await open();
      const DatabaseInput = { Name: options.database, LocationUri, Description: "Tables of duolake" };
      await client.send(new api.CreateDatabaseCommand({ ...catalog, DatabaseInput }));
    },
  };
}

async function openClient(
  options: GlueOptions,
): Promise<{ readonly api: Package; readonly client: GlueClient }> {
  const load = options.loadPackage ?? (() => import("@aws-sdk/client-glue"));
  const api = await loadAwsPackage("Glue", "@aws-sdk/client-glue", load);
  const ca = await trustedCertificates();
  const { endpoint, region, profile, credentials } = options;
  const agent = { keepAlive: true, maxSockets: SOCKET_COUNT_MAX };
  const client = new api.GlueClient({
    // A second try of its own would meet the version that the first one made, and look like another writer's.
    maxAttempts: 1,
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
    ...(credentials !== undefined && { credentials }),
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: options.silenceMsMax ?? SILENCE_MS_MAX,
      httpAgent: agent,
      httpsAgent: { ...agent, ...(ca !== undefined && { ca }) },
    },
  });
  return { api, client };
}

import { type AwsAccess, clientOpener } from "./open-client.ts";

/** A database of the Glue Data Catalog. */
export interface CatalogDatabase {
  /** Names of its tables, as many as one page shows. */
  readonly tables: readonly string[];
  /** True where the rights to new tables come from Lake Formation alone, whatever IAM says. */
  readonly isLakeFormationOnly: boolean;
}

/** What a deployment asks of AWS Glue. Failures are those of the SDK. */
export interface DataCatalog {
  /** Undefined where there is no such database. */
  readonly database: (name: string) => Promise<CatalogDatabase | undefined>;
  /** Removes a database with its tables; the files of the tables stay. One that is gone is no error. */
  readonly removeDatabase: (name: string) => Promise<void>;
}

/** The AWS Glue Data Catalog of the account. The SDK's package is loaded with the first request. */
export function glueDataCatalog(access: AwsAccess): DataCatalog {
  const open = clientOpener("@aws-sdk/client-glue", {
    access,
    load: () => import("@aws-sdk/client-glue"),
    create: (api, settings) => new api.GlueClient(settings),
  });
  return {
    database: async (Name) => {
      const { api, client } = await open();
      try {
        const { Database } = await client.send(new api.GetDatabaseCommand({ Name }));
        const { TableList = [] } = await client.send(new api.GetTablesCommand({ DatabaseName: Name }));
        const grants = Database?.CreateTableDefaultPermissions;
        return {
          tables: TableList.map((table) => table.Name ?? ""),
          // Where Glue does not say, nothing was taken away.
          isLakeFormationOnly: grants !== undefined && grants.length === 0,
        };
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw error;
      }
    },
    removeDatabase: async (Name) => {
      const { api, client } = await open();
      try {
        await client.send(new api.DeleteDatabaseCommand({ Name }));
      } catch (error) {
        if (!isAbsent(error)) throw error;
      }
    },
  };
}

function isAbsent(error: unknown): boolean {
  return (error as { readonly name?: string }).name === "EntityNotFoundException";
}

import { secretClient, type SecretAccess } from "./open-client.ts";
import type { SecretDocuments } from "./secret-documents.ts";

type Package = typeof import("@aws-sdk/client-secrets-manager");

export interface SecretsManagerOptions extends SecretAccess {
  /** Loads the package; replaced in tests. */
  readonly loadPackage?: () => Promise<Package>;
}

/**
 * The requests of `@aws-sdk/client-secrets-manager`, which is loaded by the first of them.
 *
 * @throws package_missing where the package cannot be loaded
 */
export function secretsManager({ loadPackage, ...access }: SecretsManagerOptions): SecretDocuments {
  const open = secretClient("Secrets Manager", {
    packageName: "@aws-sdk/client-secrets-manager",
    access,
    load: loadPackage ?? (() => import("@aws-sdk/client-secrets-manager")),
    create: (api, settings) => new api.SecretsManagerClient(settings),
  });
  return {
    get: async (name) => {
      const { api, client } = await open();
      try {
        const { SecretString } = await client.send(new api.GetSecretValueCommand({ SecretId: name }));
        // A binary secret is none of ours; the reader of the document says so.
        return SecretString ?? "";
      } catch (error) {
        if (error instanceof api.ResourceNotFoundException) return undefined;
        throw error;
      }
    },
    put: async (name, text) => {
      const { api, client } = await open();
      await client.send(new api.PutSecretValueCommand({ SecretId: name, SecretString: text }));
    },
    create: async (name, text) => {
      const { api, client } = await open();
      try {
        await client.send(
          new api.CreateSecretCommand({ Name: name, SecretString: text, Description: DESCRIPTION }),
        );
        return true;
      } catch (error) {
        if (error instanceof api.ResourceExistsException) return false;
        throw error;
      }
    },
  };
}

const DESCRIPTION = "The secret key of a Duo Admin API application, read by duolake";

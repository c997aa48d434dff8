import { secretClient, type SecretAccess } from "./open-client.ts";
import type { SecretDocuments } from "./secret-documents.ts";

export interface ParameterStoreOptions extends SecretAccess {
  /** How often a request is sent that is turned away; default 8. */
  readonly attemptCountMax?: number;
}

/**
 * Some 40 requests a second are answered for a whole account: once one is turned away, the client asks as often as it is answered, so
 * that each of thousands of log sources gets its turn.
 */
export const PARAMETER_RETRIES = { maxAttempts: 8, retryMode: "adaptive" } as const;

/**
 * The requests of `@aws-sdk/client-ssm`, which is loaded by the first of them. Parameters are SecureStrings, encrypted with the
 * account's key `aws/ssm`, which everybody may use who may read the parameter.
 *
 * @throws package_missing where the package cannot be loaded
 */
export function parameterStore({ attemptCountMax, ...access }: ParameterStoreOptions): SecretDocuments {
  const open = secretClient("Systems Manager", {
    packageName: "@aws-sdk/client-ssm",
    access,
    load: () => import("@aws-sdk/client-ssm"),
    create: (api, settings) =>
      new api.SSMClient({
        ...settings,
        ...PARAMETER_RETRIES,
        ...(attemptCountMax !== undefined && { maxAttempts: attemptCountMax }),
      }),
  });
  return {
    get: async (name) => {
      const { api, client } = await open();
      try {
        const command = new api.GetParameterCommand({ Name: name, WithDecryption: true });
        const { Parameter } = await client.send(command);
        return Parameter?.Value ?? "";
      } catch (error) {
        if (error instanceof api.ParameterNotFound) return undefined;
        throw error;
      }
    },
    put: async (name, text) => {
      const { api, client } = await open();
      await client.send(
        new api.PutParameterCommand({ Name: name, Value: text, Type: "SecureString", Overwrite: true }),
      );
    },
    create: async (name, text) => {
      const { api, client } = await open();
      try {
        await client.send(
          new api.PutParameterCommand({
            Name: name,
            Value: text,
            Type: "SecureString",
            Description: DESCRIPTION,
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof api.ParameterAlreadyExists) return false;
        throw error;
      }
    },
  };
}

const DESCRIPTION = "The secret key of a Duo Admin API application, read by duolake";

import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { loadAwsPackage } from "../core/load-aws-package.ts";
import { trustedCertificates } from "../core/trusted-certificates.ts";

type Package = typeof import("@aws-sdk/client-secrets-manager");

/** How to reach Secrets Manager; what is absent is left to the SDK's own chain: environment, shared files, role of the machine. */
export interface SecretsManagerOptions {
  /** An emulator; `AWS_ENDPOINT_URL_SECRETS_MANAGER` and `AWS_ENDPOINT_URL` do the same. */
  readonly endpoint?: string;
  readonly region?: string;
  /** A name of the shared configuration files. */
  readonly profile?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Loads the package; replaced in tests. */
  readonly loadPackage?: () => Promise<Package>;
}

/** The requests of the store. Failures are those of the SDK. */
export interface SecretsManager {
  /** The current version's text; undefined where there is no such secret. */
  readonly get: (name: string) => Promise<string | undefined>;
  readonly put: (name: string, text: string) => Promise<void>;
  /** False where a secret of that name exists. */
  readonly create: (name: string, text: string) => Promise<boolean>;
}

const CONNECT_TIMEOUT_MS = 5_000;
const ANSWER_TIMEOUT_MS = 15_000;
/** Each request can be repeated: what a lost one did, the next one finds. */
const ATTEMPT_COUNT_MAX = 4;

/**
 * The requests of `@aws-sdk/client-secrets-manager`, which is loaded by the first of them.
 *
 * @throws package_missing where the package cannot be loaded
 */
export function secretsManager(options: SecretsManagerOptions): SecretsManager {
  let opened: Promise<{ readonly api: Package; readonly client: SecretsManagerClient }> | undefined;
  const open = (): NonNullable<typeof opened> => {
    opened ??= openClient(options).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
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

async function openClient(
  options: SecretsManagerOptions,
): Promise<{ readonly api: Package; readonly client: SecretsManagerClient }> {
  const load = options.loadPackage ?? (() => import("@aws-sdk/client-secrets-manager"));
  const api = await loadAwsPackage("Secrets Manager", "@aws-sdk/client-secrets-manager", load);
  const ca = await trustedCertificates();
  const { endpoint, region, profile, credentials } = options;
  const client = new api.SecretsManagerClient({
    maxAttempts: ATTEMPT_COUNT_MAX,
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
    ...(credentials !== undefined && { credentials }),
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: ANSWER_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      ...(ca !== undefined && { httpsAgent: { ca } }),
    },
  });
  return { api, client };
}

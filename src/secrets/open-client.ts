import { loadAwsPackage } from "../core/load-aws-package.ts";
import { trustedCertificates } from "../core/trusted-certificates.ts";

/** How to reach a service of AWS; what is absent is left to the SDK's own chain: environment, shared files, role of the machine. */
export interface SecretAccess {
  /** An emulator; `AWS_ENDPOINT_URL` does the same. */
  readonly endpoint?: string;
  readonly region?: string;
  /** A name of the shared configuration files. */
  readonly profile?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

const CONNECT_TIMEOUT_MS = 5_000;
const ANSWER_TIMEOUT_MS = 15_000;
/** Each request can be repeated: what a lost one did, the next one finds. */
const ATTEMPT_COUNT_MAX = 4;

/** What every client here is made with. */
export interface SecretClientSettings extends SecretAccess {
  readonly maxAttempts: number;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: boolean;
    readonly httpsAgent?: { readonly ca: string[] };
  };
}

/**
 * Gives a function that loads a package of the SDK and makes a client with its first call, and gives the same one ever after.
 *
 * @param service its name for the message where the package cannot be loaded
 * @returns throws package_missing
 */
export function secretClient<Package, Client>(
  service: string,
  how: {
    readonly packageName: string;
    readonly access: SecretAccess;
    readonly load: () => Promise<Package>;
    readonly create: (api: Package, settings: SecretClientSettings) => Client;
  },
): () => Promise<{ readonly api: Package; readonly client: Client }> {
  let opened: Promise<{ readonly api: Package; readonly client: Client }> | undefined;
  const open = async (): Promise<{ readonly api: Package; readonly client: Client }> => {
    const api = await loadAwsPackage(service, how.packageName, how.load);
    const ca = await trustedCertificates();
    const requestHandler = {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: ANSWER_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      ...(ca !== undefined && { httpsAgent: { ca } }),
    };
    const { endpoint, region, profile, credentials } = how.access;
    const client = how.create(api, {
      maxAttempts: ATTEMPT_COUNT_MAX,
      ...(endpoint !== undefined && { endpoint }),
      ...(region !== undefined && { region }),
      ...(profile !== undefined && { profile }),
      ...(credentials !== undefined && { credentials }),
      requestHandler,
    });
    return { api, client };
  };
  return () => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
}

import { loadAwsPackage } from "../core/load-aws-package.ts";
import { trustedCertificates } from "../core/trusted-certificates.ts";

/** How to reach an AWS account; what is absent is left to the SDK's own chain: environment, shared files, role of the machine. */
export interface AwsAccess {
  readonly region?: string;
  /** A name of the shared configuration files. */
  readonly profile?: string;
  /** An emulator, for all services. */
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** What every client of the SDK is made with. */
export interface ClientSettings extends AwsAccess {
  readonly maxAttempts: number;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: boolean;
    readonly httpsAgent?: { readonly ca: string[] };
  };
}

const CONNECT_TIMEOUT_MS = 10_000;
/** An upload of the functions' code takes this long on a slow line; everything else answers at once. */
const ANSWER_TIMEOUT_MS = 120_000;
/** Each request of a deployment can be repeated: it names what it wants. */
const ATTEMPT_COUNT_MAX = 4;

/**
 * Gives a function that opens a client of the SDK with its first call and gives the same one ever after: nobody who does not
 * deploy loads a package for it.
 *
 * @param packageName for the message where it cannot be loaded
 * @returns the package and the client; throws package_missing
 */
export function clientOpener<Package, Client>(
  packageName: string,
  how: {
    readonly access: AwsAccess;
    readonly load: () => Promise<Package>;
    readonly create: (api: Package, settings: ClientSettings) => Client;
  },
): () => Promise<{ readonly api: Package; readonly client: Client }> {
  let opened: Promise<{ readonly api: Package; readonly client: Client }> | undefined;
  const open = async (): Promise<{ readonly api: Package; readonly client: Client }> => {
    const api = await loadAwsPackage("AWS", packageName, how.load);
    const ca = await trustedCertificates();
    const requestHandler = {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: ANSWER_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      ...(ca !== undefined && { httpsAgent: { ca } }),
    };
    return {
      api,
      client: how.create(api, { ...how.access, maxAttempts: ATTEMPT_COUNT_MAX, requestHandler }),
    };
  };
  return () => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
}

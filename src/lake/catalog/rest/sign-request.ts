import { DuolakeError, errorText } from "../../../core/errors.ts";
import type { HttpRequest } from "../../../core/http.ts";

type Signer = (request: HttpRequest) => Promise<HttpRequest>;

/** What AWS signs with. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * Signs requests with AWS Signature Version 4, as the Iceberg endpoints of Glue and S3 Tables want them. The packages are loaded by the
 * first request; keys come from the AWS chain: environment, shared files, role of the machine.
 *
 * @param options `keys` takes the place of the chain
 * @throws lake_unwritable where no keys are found; package_missing
 */
export function requestSigner(options: {
  readonly service: string;
  readonly region: string;
  readonly nowMs: () => number;
  readonly keys?: () => Promise<AwsKeys>;
}): Signer {
  let opened: Promise<Signer> | undefined;
  return async (request) => {
    opened ??= openSigner(options);
    return (await opened)(request);
  };
}

async function openSigner(options: Parameters<typeof requestSigner>[0]): Promise<Signer> {
  const { SignatureV4, Sha256, defaultProvider } = await load();
  const { service, region, keys = defaultProvider() } = options;
  const signer = new SignatureV4({ service, region, sha256: Sha256, credentials: keys });
  return async (request) => {
    const url = new URL(request.url);
    try {
      const signed = await signer.sign(
        {
          method: request.method,
          protocol: url.protocol,
          hostname: url.hostname,
          path: url.pathname,
          query: Object.fromEntries(url.searchParams),
          headers: { ...request.headers, host: url.host },
          ...(request.body !== undefined && { body: request.body }),
        },
        { signingDate: new Date(options.nowMs()) },
      );
      return { ...request, headers: signed.headers };
    } catch (error) {
      throw new DuolakeError(
        "lake_unwritable",
        `Cannot sign requests to the catalog: no AWS credentials were found, got ${errorText(error)}; set AWS_PROFILE, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the machine a role`,
        { cause: error },
      );
    }
  };
}

async function load(): Promise<{
  readonly SignatureV4: typeof import("@smithy/signature-v4").SignatureV4;
  readonly Sha256: typeof import("@aws-crypto/sha256-js").Sha256;
  readonly defaultProvider: typeof import("@aws-sdk/credential-provider-node").defaultProvider;
}> {
  try {
    const { SignatureV4 } = await import("@smithy/signature-v4");
    const { Sha256 } = await import("@aws-crypto/sha256-js");
    const { defaultProvider } = await import("@aws-sdk/credential-provider-node");
    return { SignatureV4, Sha256, defaultProvider };
  } catch (error) {
    throw new DuolakeError(
      "package_missing",
      `Cannot sign requests to the catalog: a package cannot be loaded, got ${errorText(error)}; install it with npm install @smithy/signature-v4 @aws-crypto/sha256-js @aws-sdk/credential-provider-node`,
      { cause: error },
    );
  }
}

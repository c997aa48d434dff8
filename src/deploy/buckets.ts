import type { S3Client } from "@aws-sdk/client-s3";
import { DuolakeError, errorText } from "../core/errors.ts";
import { type AwsAccess, clientOpener } from "./open-client.ts";

type Package = typeof import("@aws-sdk/client-s3");
type Open = () => Promise<{ readonly api: Package; readonly client: S3Client }>;

/** One version of an object, or the mark of its deletion. */
export interface ObjectVersion {
  readonly key: string;
  readonly versionId: string | undefined;
}

/** What a deployment asks of S3. Failures are those of the SDK, but for what is said. */
export interface Buckets {
  /** True where the bucket is there and belongs to the account. Throws deploy_refused where another account has the name. */
  readonly exists: (bucket: string, account: string) => Promise<boolean>;
  /**
   * Makes a bucket, or finds the one there is, and sets it up: versions kept, encrypted, closed to the public, no plain http.
   *
   * @throws deploy_refused where another account has the name
   */
  readonly ensure: (
    bucket: string,
    how: { readonly region: string; readonly tags: Readonly<Record<string, string>> },
  ) => Promise<void>;
  /** Throws aws_forbidden. */
  readonly has: (bucket: string, key: string) => Promise<boolean>;
  readonly put: (bucket: string, key: string, bytes: Uint8Array) => Promise<void>;
  /** Up to 1,000 versions; none where the bucket is empty or gone. */
  readonly versions: (bucket: string) => Promise<readonly ObjectVersion[]>;
  readonly removeVersions: (bucket: string, versions: readonly ObjectVersion[]) => Promise<void>;
  /** Removes an empty bucket; one that is gone is no error. */
  readonly remove: (bucket: string) => Promise<void>;
}

/** The buckets of S3. The SDK's package is loaded with the first request. */
export function s3Buckets(access: AwsAccess): Buckets {
  const open: Open = clientOpener("@aws-sdk/client-s3", {
    access,
    load: () => import("@aws-sdk/client-s3"),
    // Emulators have no name for each bucket.
    create: (api, settings) =>
      new api.S3Client({ ...settings, ...(access.endpoint !== undefined && { forcePathStyle: true }) }),
  });
  return {
    exists: async (Bucket, account) => {
      const { api, client } = await open();
      try {
        await client.send(new api.HeadBucketCommand({ Bucket, ExpectedBucketOwner: account }));
        return true;
      } catch (error) {
        const status = statusOf(error);
        if (status === 404) return false;
        // A HEAD has no body that would tell one from the other.
        if (status === 403) {
          throw taken(Bucket, "another account has this name, or the permission s3:ListBucket is missing");
        }
        if (status === 301) throw taken(Bucket, "it lies in another region");
        throw error;
      }
    },
    ensure: (bucket, how) => ensure(open, bucket, how),
    has: async (Bucket, Key) => {
      const { api, client } = await open();
      try {
        await client.send(new api.HeadObjectCommand({ Bucket, Key }));
        return true;
      } catch (error) {
        if (statusOf(error) === 404) return false;
        if (statusOf(error) !== 403) throw error;
        throw new DuolakeError(
          "aws_forbidden",
          `Cannot look for s3://${Bucket}/${Key}: the permission s3:GetObject or s3:ListBucket is missing; let an administrator grant it, got status 403`,
        );
      }
    },
    put: async (Bucket, Key, Body) => {
      const { api, client } = await open();
      await client.send(new api.PutObjectCommand({ Bucket, Key, Body }));
    },
    ...removals(open),
  };
}

async function ensure(
  open: Open,
  Bucket: string,
  { region, tags }: { readonly region: string; readonly tags: Readonly<Record<string, string>> },
): Promise<void> {
  const { api, client } = await open();
  try {
    // S3's oldest region is its default and may not be named.
    const place =
      region === "us-east-1"
        ? {}
        : { CreateBucketConfiguration: { LocationConstraint: region as "eu-west-1" } };
    await client.send(new api.CreateBucketCommand({ Bucket, ...place }));
  } catch (error) {
    const { name } = error as { readonly name?: string };
    if (name === "BucketAlreadyExists") throw taken(Bucket, "another account has this name");
    if (name !== "BucketAlreadyOwnedByYou") throw error;
  }
  // All of it each time: a deployment that was cut off here goes on with the next one.
  const AccessBlock = {
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  };
  await client.send(
    new api.PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: AccessBlock }),
  );
  const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" as const } }];
  await client.send(
    new api.PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }),
  );
  await client.send(
    new api.PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }),
  );
  const TagSet = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  await client.send(new api.PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
  await client.send(new api.PutBucketPolicyCommand({ Bucket, Policy: onlyTls(Bucket, region) }));
}

function onlyTls(bucket: string, region: string): string {
  const partition = region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
  const arn = `arn:${partition}:s3:::${bucket}`;
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "OnlyTls",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  });
}

function removals(open: Open): Pick<Buckets, "versions" | "removeVersions" | "remove"> {
  return {
    versions: async (Bucket) => {
      const { api, client } = await open();
      try {
        const { Versions = [], DeleteMarkers = [] } = await client.send(
          new api.ListObjectVersionsCommand({ Bucket }),
        );
        return [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({
          key: Key ?? "",
          versionId: VersionId,
        }));
      } catch (error) {
        if (statusOf(error) === 404) return [];
        throw error;
      }
    },
    removeVersions: async (Bucket, versions) => {
      const { api, client } = await open();
      const Objects = versions.map(({ key, versionId }) => ({ Key: key, VersionId: versionId }));
      const { Errors = [] } = await client.send(
        new api.DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
      );
      const [first] = Errors;
      if (first === undefined) return;
      throw new DuolakeError(
        "aws_refused",
        `Cannot empty the bucket ${Bucket}: ${Errors.length} object(s) stay, got ${first.Code}: ${errorText(first.Message)}`,
      );
    },
    remove: async (Bucket) => {
      const { api, client } = await open();
      try {
        await client.send(new api.DeleteBucketCommand({ Bucket }));
      } catch (error) {
        if (statusOf(error) !== 404) throw error;
      }
    },
  };
}

function statusOf(error: unknown): number | undefined {
  return (error as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

function taken(bucket: string, reason: string): DuolakeError {
  return new DuolakeError(
    "deploy_refused",
    `Cannot use the bucket ${bucket}: ${reason}; choose another label with --label`,
  );
}

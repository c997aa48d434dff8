import type { Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import { loadAwsPackage } from "../../core/load-aws-package.ts";
import { trustedCertificates } from "../../core/trusted-certificates.ts";
import type { S3Path } from "./s3-path.ts";

type Package = typeof import("@aws-sdk/client-s3");

/** What opens a store. */
export interface S3Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** How to reach the store; what is absent is left to the SDK's own chain: environment, shared files, role of the machine. */
export interface S3Options {
  /** Another store than Amazon's; the buckets are then named in the path, not in the host. */
  readonly endpoint?: string;
  readonly region?: string;
  /** A name of the shared configuration files. */
  readonly profile?: string;
  /** Keys, or who gives them; asked again shortly before they expire. */
  readonly credentials?: S3Keys | (() => Promise<S3Keys>);
  /** Longest silence of a connection, ms. */
  readonly silenceMsMax?: number;
  /** Loads the package; replaced in tests. */
  readonly loadPackage?: () => Promise<Package>;
}

/** An object as it was found. */
export interface S3Object {
  readonly body: Readable;
  readonly sizeBytes: number | undefined;
  /** What `put` was given as `writeId`; undefined where it was given none, or the store keeps none. */
  readonly writeId: string | undefined;
}

/** A part of an upload that arrived. */
export interface S3Part {
  readonly tag: string;
  /** What the store computed; S3 wants it back at the end where the parts came with one. */
  readonly crc32: string | undefined;
}

/** One page of a listing. */
export interface S3Page {
  readonly objects: readonly {
    readonly key: string;
    readonly sizeBytes: number;
    readonly modifiedAtMs: number;
  }[];
  /** What stands between the prefix and the next slash, with both. */
  readonly prefixes: readonly string[];
  /** For the next page; undefined at the end. */
  readonly next: string | undefined;
}

/**
 * The requests that the store sends, each exactly once and without a second try: whether one may be sent again is for the
 * caller to say. Failures are those of the SDK; `s3Failure` reads them.
 */
export interface S3Requests {
  readonly get: (path: S3Path) => Promise<S3Object>;
  /** Throws NotFound where nothing is there. */
  readonly head: (path: S3Path) => Promise<void>;
  readonly put: (
    path: S3Path,
    bytes: Uint8Array,
    condition?: { readonly onlyIfAbsent: true; readonly writeId: string },
  ) => Promise<void>;
  readonly remove: (path: S3Path) => Promise<void>;
  readonly list: (
    folder: S3Path,
    options: { readonly isDeep: boolean; readonly from: string | undefined },
  ) => Promise<S3Page>;
  readonly startUpload: (path: S3Path) => Promise<string>;
  /** Parts count from 1. */
  readonly putPart: (
    path: S3Path,
    part: { readonly uploadId: string; readonly number: number; readonly bytes: Uint8Array },
  ) => Promise<S3Part>;
  readonly endUpload: (
    path: S3Path,
    upload: { readonly uploadId: string; readonly parts: readonly S3Part[] },
  ) => Promise<void>;
  readonly abortUpload: (path: S3Path, uploadId: string) => Promise<void>;
}

const CONNECT_TIMEOUT_MS = 10_000;
const SILENCE_MS_MAX = 30_000;
const SOCKET_COUNT_MAX = 32;
/** The name of the metadata entry that tells our own write from another's. */
const WRITE_ID = "duolake-write";

/**
 * The requests of `@aws-sdk/client-s3`, which is loaded by the first of them: nobody without an S3 warehouse pays for it.
 *
 * @throws package_missing where the package cannot be loaded
 */
export function s3Requests(options: S3Options): S3Requests {
  let opened: Promise<{ readonly api: Package; readonly client: S3Client }> | undefined;
  const open = (): Promise<{ readonly api: Package; readonly client: S3Client }> => {
    opened ??= openClient(options).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  return {
    get: async (path) => {
      const { api, client } = await open();
      const { Body, ContentLength, Metadata } = await client.send(new api.GetObjectCommand(at(path)));
      return { body: Body as Readable, sizeBytes: ContentLength, writeId: Metadata?.[WRITE_ID] };
    },
    head: async (path) => {
      const { api, client } = await open();
      await client.send(new api.HeadObjectCommand(at(path)));
    },
    put: async (path, bytes, condition) => {
      const { api, client } = await open();
      const only = condition && { IfNoneMatch: "*", Metadata: { [WRITE_ID]: condition.writeId } };
      await client.send(new api.PutObjectCommand({ ...at(path), Body: bytes, ...only }));
    },
    remove: async (path) => {
      const { api, client } = await open();
      await client.send(new api.DeleteObjectCommand(at(path)));
    },
    list: async (folder, { isDeep, from }) => {
      const { api, client } = await open();
      const answer = await client.send(
        new api.ListObjectsV2Command({
          Bucket: folder.bucket,
          Prefix: folder.key === "" ? "" : `${folder.key}/`,
          ...(isDeep ? {} : { Delimiter: "/" }),
          ContinuationToken: from,
        }),
      );
      return {
        objects: (answer.Contents ?? []).map(({ Key, Size, LastModified }) => ({
          key: Key ?? "",
          sizeBytes: Size ?? 0,
          modifiedAtMs: LastModified?.getTime() ?? 0,
        })),
        prefixes: (answer.CommonPrefixes ?? []).map(({ Prefix }) => Prefix ?? ""),
        next: answer.IsTruncated === true ? answer.NextContinuationToken : undefined,
      };
    },
    ...uploads(open),
  };
}

function uploads(
  open: () => Promise<{ readonly api: Package; readonly client: S3Client }>,
): Pick<S3Requests, "startUpload" | "putPart" | "endUpload" | "abortUpload"> {
  return {
    startUpload: async (path) => {
      const { api, client } = await open();
      // The SDK computes checksums of the parts, which S3 refuses unless the upload was begun with them.
      const hasChecksums = (await client.config.requestChecksumCalculation()) === "WHEN_SUPPORTED";
      const { UploadId } = await client.send(
        new api.CreateMultipartUploadCommand({
          ...at(path),
          ...(hasChecksums && { ChecksumAlgorithm: "CRC32" }),
        }),
      );
      return UploadId ?? "";
    },
    putPart: async (path, { uploadId, number, bytes }) => {
      const { api, client } = await open();
      const part = { ...at(path), UploadId: uploadId, PartNumber: number, Body: bytes };
      const { ETag, ChecksumCRC32 } = await client.send(new api.UploadPartCommand(part));
      return { tag: ETag ?? "", crc32: ChecksumCRC32 };
    },
    endUpload: async (path, { uploadId, parts }) => {
      const { api, client } = await open();
      const Parts = parts.map(({ tag, crc32 }, index) => ({
        PartNumber: index + 1,
        ETag: tag,
        ChecksumCRC32: crc32,
      }));
      await client.send(
        new api.CompleteMultipartUploadCommand({
          ...at(path),
          UploadId: uploadId,
          MultipartUpload: { Parts },
        }),
      );
    },
    abortUpload: async (path, uploadId) => {
      const { api, client } = await open();
      await client.send(new api.AbortMultipartUploadCommand({ ...at(path), UploadId: uploadId }));
    },
  };
}

function at({ bucket, key }: S3Path): { readonly Bucket: string; readonly Key: string } {
  return { Bucket: bucket, Key: key };
}

async function openClient(options: S3Options): Promise<{ readonly api: Package; readonly client: S3Client }> {
  const load = options.loadPackage ?? (() => import("@aws-sdk/client-s3"));
  const api = await loadAwsPackage("S3", "@aws-sdk/client-s3", load);
  const ca = await trustedCertificates();
  const { endpoint, region, profile, credentials } = options;
  const agent = { keepAlive: true, maxSockets: SOCKET_COUNT_MAX };
  const client = new api.S3Client({
    // A second try of its own would make a conditional write lose against itself.
    maxAttempts: 1,
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
    ...(credentials !== undefined && { credentials }),
    // Other stores often have no name for each bucket.
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    // Nor do all of them know the newer checksums; who has one that does says so as to every AWS program.
    ...(endpoint !== undefined &&
      process.env["AWS_REQUEST_CHECKSUM_CALCULATION"] === undefined && {
        requestChecksumCalculation: "WHEN_REQUIRED",
        responseChecksumValidation: "WHEN_REQUIRED",
      }),
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: options.silenceMsMax ?? SILENCE_MS_MAX,
      httpAgent: agent,
      httpsAgent: { ...agent, ...(ca !== undefined && { ca }) },
    },
  });
  return { api, client };
}

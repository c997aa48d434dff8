import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { crc32 } from "node:zlib";

/** What is sent back. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Buffer;
}
/** An error as S3 answers it. */
export class S3Refusal extends Error {
  readonly status: number;
  readonly code: string;
  /** Further elements of the body. */
  readonly more: string;

  constructor(status: number, code: string, message: string, more: string = "") {
    super(message);
    this.status = status;
    this.code = code;
    this.more = more;
  }
}

interface StoredObject {
  readonly bytes: Buffer;
  readonly metadata: Readonly<Record<string, string>>;
  readonly modifiedAt: Date;
}

interface Request {
  readonly operation: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface Upload {
  readonly key: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly parts: Map<number, Buffer>;
  /** It was begun with a checksum, so each part needs one, and again at the end. */
  readonly hasChecksums: boolean;
}

const PART_BYTES_MIN = 5 * 1024 * 1024;
const NOTHING = Buffer.alloc(0);

/** The objects of the server. Each request is carried out in one piece, so that conditions are atomic. */
export class S3Buckets {
  readonly #buckets: ReadonlyMap<string, Map<string, StoredObject>>;
  readonly #uploads = new Map<string, Upload>();
  readonly #options: { readonly ignoresConditions: boolean; readonly pageKeyCountMax: number };

  constructor(
    names: readonly string[],
    options: { readonly ignoresConditions: boolean; readonly pageKeyCountMax: number },
  ) {
    this.#buckets = new Map(names.map((name) => [name, new Map<string, StoredObject>()]));
    this.#options = options;
  }

  /** The keys of a bucket, sorted as S3 does. */
  keys(bucket: string): string[] {
    return [...this.#bucket(bucket).keys()].sort();
  }

  /** The bytes of an object; undefined where there is none. */
  bytes(bucket: string, key: string): Buffer | undefined {
    return this.#bucket(bucket).get(key)?.bytes;
  }

  get uploadCount(): number {
    return this.#uploads.size;
  }

  /** Puts an object as another program would. */
  set(bucket: string, key: string, text: string): void {
    this.#bucket(bucket).set(key, { bytes: Buffer.from(text), metadata: {}, modifiedAt: new Date() });
  }

  /** Carries out a request. Throws S3Refusal. */
  answer(request: Request): Answer {
    const { operation, key } = request;
    const objects = this.#bucket(request.bucket);
    switch (operation) {
      case "PutObject":
        checkChecksum(request.body, request.headers);
        this.#checkConditions(objects.get(key), request.headers);
        objects.set(key, {
          bytes: request.body,
          metadata: metadataOf(request.headers),
          modifiedAt: new Date(),
        });
        return { status: 200, headers: { etag: tagOf(request.body) }, body: NOTHING };
      case "GetObject":
        return getAnswer(found(objects, key), request.headers.range);
      case "HeadObject": {
        const object = found(objects, key);
        return {
          status: 200,
          headers: { ...headersOf(object), "content-length": String(object.bytes.length) },
          body: NOTHING,
        };
      }
      case "DeleteObject":
        objects.delete(key);
        return { status: 204, body: NOTHING };
      case "DeleteObjects":
        for (const [, one = ""] of request.body.toString().matchAll(/<Key>([^<]*)<\/Key>/g))
          objects.delete(plain(one));
        return xml("<DeleteResult></DeleteResult>");
      case "ListObjectsV2":
        return this.#list(objects, request.query);
      case "HeadBucket":
        return { status: 200, body: NOTHING };
      default:
        return this.#answerUpload(request, objects);
    }
  }

  #bucket(name: string): Map<string, StoredObject> {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined) {
      throw new S3Refusal(
        404,
        "NoSuchBucket",
        "The specified bucket does not exist",
        `<BucketName>${name}</BucketName>`,
      );
    }
    return bucket;
  }

  #checkConditions(object: StoredObject | undefined, headers: IncomingHttpHeaders): void {
    if (this.#options.ignoresConditions) return;
    const refusal = new S3Refusal(
      412,
      "PreconditionFailed",
      "At least one of the pre-conditions you specified did not hold",
    );
    if (headers["if-none-match"] === "*" && object !== undefined) throw refusal;
    const tag = headers["if-match"];
    if (tag === undefined) return;
    if (object === undefined) throw new S3Refusal(404, "NoSuchKey", "The specified key does not exist.");
    if (tagOf(object.bytes) !== tag) throw refusal;
  }

  #answerUpload(
    { operation, key, query, headers, body }: Request,
    objects: Map<string, StoredObject>,
  ): Answer {
    if (operation === "CreateMultipartUpload") {
      const uploadId = `upload-${this.#uploads.size}-${Math.random()}`;
      this.#uploads.set(uploadId, {
        key,
        metadata: metadataOf(headers),
        parts: new Map(),
        hasChecksums: "x-amz-checksum-algorithm" in headers,
      });
      return xml(
        `<InitiateMultipartUploadResult><UploadId>${uploadId}</UploadId></InitiateMultipartUploadResult>`,
      );
    }
    const uploadId = query.get("uploadId") ?? "";
    const upload = this.#uploads.get(uploadId);
    if (upload?.key !== key) throw new S3Refusal(404, "NoSuchUpload", "The specified upload does not exist.");
    if (operation === "UploadPart") {
      if (!upload.hasChecksums && "x-amz-checksum-crc32" in headers) {
        const text =
          "Checksum Type mismatch occurred, expected checksum Type: null, actual checksum Type: crc32";
        throw new S3Refusal(400, "InvalidRequest", text);
      }
      checkChecksum(body, headers);
      upload.parts.set(Number(query.get("partNumber")), body);
      const sum = upload.hasChecksums ? { "x-amz-checksum-crc32": crc32Of(body) } : {};
      return { status: 200, headers: { etag: tagOf(body), ...sum }, body: NOTHING };
    }
    if (operation === "CompleteMultipartUpload") {
      this.#checkConditions(objects.get(key), headers);
      const named = [...body.toString().matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = ""]) => ({
        number: Number(/<PartNumber>(\d+)</.exec(part)?.[1]),
        tag: plain(/<ETag>(.*?)<\/ETag>/.exec(part)?.[1] ?? ""),
        crc32: /<ChecksumCRC32>(.*?)<\/ChecksumCRC32>/.exec(part)?.[1],
      }));
      const parts = named.map(({ number, tag, crc32: sum }, index) => {
        const part = upload.parts.get(number);
        if (part === undefined || tagOf(part) !== tag)
          throw new S3Refusal(400, "InvalidPart", "a part is missing");
        if (upload.hasChecksums && sum !== crc32Of(part)) {
          throw new S3Refusal(
            400,
            "InvalidRequest",
            "The complete request must include the checksum for each part.",
          );
        }
        if (index < named.length - 1 && part.length < PART_BYTES_MIN)
          throw new S3Refusal(400, "EntityTooSmall", "a part is too small");
        return part;
      });
      objects.set(key, { bytes: Buffer.concat(parts), metadata: upload.metadata, modifiedAt: new Date() });
    } else if (operation !== "AbortMultipartUpload") {
      throw new S3Refusal(
        501,
        "NotImplemented",
        "A header you provided implies functionality that is not implemented",
      );
    }
    this.#uploads.delete(uploadId);
    return operation === "AbortMultipartUpload"
      ? { status: 204, body: NOTHING }
      : xml("<CompleteMultipartUploadResult/>");
  }

  #list(objects: ReadonlyMap<string, StoredObject>, query: URLSearchParams): Answer {
    const prefix = query.get("prefix") ?? "";
    const delimiter = query.get("delimiter") ?? "";
    const after = query.get("continuation-token") ?? "";
    const entries: string[] = [];
    const seen = new Set<string>();
    let last = "";
    let isTruncated = false;
    for (const key of [...objects.keys()].sort()) {
      if (!key.startsWith(prefix)) continue;
      const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
      const name = end < 0 ? key : key.slice(0, end + 1);
      if (name <= after || seen.has(name)) continue;
      if (seen.size === this.#options.pageKeyCountMax) {
        isTruncated = true;
        break;
      }
      seen.add(name);
      last = name;
      entries.push(
        end < 0
          ? contentsOf(key, objects.get(key) as StoredObject)
          : `<CommonPrefixes><Prefix>${safe(name)}</Prefix></CommonPrefixes>`,
      );
    }
    const next = isTruncated ? `<NextContinuationToken>${safe(last)}</NextContinuationToken>` : "";
    return xml(
      `<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${next}${entries.join("")}</ListBucketResult>`,
    );
  }
}

function found(objects: ReadonlyMap<string, StoredObject>, key: string): StoredObject {
  const object = objects.get(key);
  if (object === undefined)
    throw new S3Refusal(404, "NoSuchKey", "The specified key does not exist.", `<Key>${safe(key)}</Key>`);
  return object;
}

function getAnswer(object: StoredObject, range: string | undefined): Answer {
  const { bytes } = object;
  const match = /^bytes=(\d+)-(\d*)$/.exec(range ?? "");
  if (match === null) return { status: 200, headers: headersOf(object), body: bytes };
  const from = Number(match[1]);
  if (from >= bytes.length)
    throw new S3Refusal(416, "InvalidRange", "The requested range is not satisfiable");
  const to = match[2] === "" ? bytes.length - 1 : Math.min(Number(match[2]), bytes.length - 1);
  const headers = { ...headersOf(object), "content-range": `bytes ${from}-${to}/${bytes.length}` };
  return { status: 206, headers, body: bytes.subarray(from, to + 1) };
}

function headersOf({ bytes, metadata, modifiedAt }: StoredObject): Record<string, string> {
  return { etag: tagOf(bytes), "last-modified": modifiedAt.toUTCString(), ...metadata };
}

function metadataOf(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith("x-amz-meta-"))
      .map(([name, value]) => [name, String(value)]),
  );
}

function contentsOf(key: string, { bytes, modifiedAt }: StoredObject): string {
  return `<Contents><Key>${safe(key)}</Key><LastModified>${modifiedAt.toISOString()}</LastModified><ETag>${safe(tagOf(bytes))}</ETag><Size>${bytes.length}</Size></Contents>`;
}

function xml(text: string): Answer {
  return {
    status: 200,
    headers: { "content-type": "application/xml" },
    body: Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>${text}`),
  };
}

function safe(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

function plain(text: string): string {
  return text
    .replaceAll("&quot;", '"')
    .replaceAll("&#34;", '"')
    .replaceAll("&lt;", "<")
    .replaceAll("&amp;", "&");
}

/** The tag of an object: as S3's, another one for other bytes. */
function tagOf(bytes: Uint8Array): string {
  return `"${createHash("md5").update(bytes).digest("hex")}"`;
}

function crc32Of(bytes: Uint8Array): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum.toString("base64");
}

function checkChecksum(body: Uint8Array, headers: IncomingHttpHeaders): void {
  const sum = headers["x-amz-checksum-crc32"];
  if (sum !== undefined && sum !== crc32Of(body))
    throw new S3Refusal(400, "BadDigest", "The CRC32 you specified did not match.");
}

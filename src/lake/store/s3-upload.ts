import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import type { Clock } from "../../core/clock.ts";
import type { S3Part, S3Requests } from "./s3-client.ts";
import type { S3Path } from "./s3-path.ts";
import { retried } from "./s3-retry.ts";

/** A larger file goes up in parts of this size: so much of it is in memory at a time. S3 wants 5 MiB at least. */
const PART_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Uploads a local file under a name that nobody else uses. Writing the same bytes twice changes nothing, so what got no
 * answer is sent again.
 *
 * An upload in parts is given up where one of them fails for good; what a killed process leaves of one is invisible, and
 * a lifecycle rule of the bucket removes it (docs/s3.md).
 */
export async function uploadFile(
  tools: { readonly requests: S3Requests; readonly clock: Clock },
  from: string,
  to: S3Path,
): Promise<void> {
  const { requests, clock } = tools;
  const file = await open(from, "r");
  try {
    const { size } = await file.stat();
    if (size > PART_BYTES_MAX) {
      await uploadParts(tools, { file, size }, to);
      return;
    }
    const bytes = await readPart(file, { from: 0, to: size });
    await retried(clock, () => requests.put(to, bytes));
  } finally {
    await file.close();
  }
}

async function uploadParts(
  { requests, clock }: { readonly requests: S3Requests; readonly clock: Clock },
  { file, size }: { readonly file: FileHandle; readonly size: number },
  to: S3Path,
): Promise<void> {
  const uploadId = await retried(clock, () => requests.startUpload(to));
  try {
    const parts: S3Part[] = [];
    for (let at = 0; at < size; at += PART_BYTES_MAX) {
      const bytes = await readPart(file, { from: at, to: Math.min(size, at + PART_BYTES_MAX) });
      parts.push(
        await retried(clock, () => requests.putPart(to, { uploadId, number: parts.length + 1, bytes })),
      );
    }
    await endUpload({ requests, clock }, to, { uploadId, parts });
  } catch (error) {
    await requests.abortUpload(to, uploadId).catch(() => {});
    throw error;
  }
}

/** Once it was carried out the upload is gone, so a second try after a lost answer must look for the object. */
async function endUpload(
  { requests, clock }: { readonly requests: S3Requests; readonly clock: Clock },
  to: S3Path,
  upload: { readonly uploadId: string; readonly parts: readonly S3Part[] },
): Promise<void> {
  await retried(clock, async (attempt) => {
    try {
      await requests.endUpload(to, upload);
    } catch (error) {
      const isGone = error instanceof Error && error.name === "NoSuchUpload";
      if (attempt === 0 || !isGone) throw error;
      await requests.head(to);
    }
  });
}

async function readPart(
  file: FileHandle,
  range: { readonly from: number; readonly to: number },
): Promise<Uint8Array> {
  const bytes = new Uint8Array(range.to - range.from);
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, range.from + filled);
    if (bytesRead === 0) throw new Error("Cannot upload a file: it became shorter meanwhile");
    filled += bytesRead;
  }
  return bytes;
}

import { open } from "node:fs/promises";
import type { S3Requests } from "./s3-client.ts";
import type { S3Path } from "./s3-path.ts";

/**
 * Downloads an object into a new file; durable and whole when it returns. One that is there from a try before is written over.
 *
 * @param target a file of the caller's own
 */
export async function fetchFile(requests: S3Requests, path: S3Path, target: string): Promise<void> {
  const { body, sizeBytes } = await requests.get(path);
  const file = await open(target, "w");
  try {
    for await (const chunk of body) await file.appendFile(chunk as Uint8Array);
    const { size } = await file.stat();
    if (sizeBytes !== undefined && size !== sizeBytes) {
      const text = `Cannot download s3://${path.bucket}/${path.key}: it broke off after ${size} of ${sizeBytes} bytes`;
      throw Object.assign(new Error(text), { code: "ECONNRESET" });
    }
    await file.datasync();
  } finally {
    await file.close();
  }
}

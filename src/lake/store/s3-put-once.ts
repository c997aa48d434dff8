import { randomUUID } from "node:crypto";
import { buffer } from "node:stream/consumers";
import type { Clock } from "../../core/clock.ts";
import type { S3Requests } from "./s3-client.ts";
import { s3Failure } from "./s3-error.ts";
import type { S3Path } from "./s3-path.ts";
import { retried } from "./s3-retry.ts";

/** What became of a write that must not overwrite. */
export type PutOutcome =
  | { readonly kind: "put" }
  | { readonly kind: "taken" }
  /** The request failed and was not carried out. */
  | { readonly kind: "failed"; readonly error: unknown }
  /** It may have been carried out, or may be yet. */
  | { readonly kind: "unknown"; readonly error: unknown };

/**
 * Writes an object where none is: `PutObject` with `If-None-Match: *`, which S3 grants to one caller of many.
 *
 * A request whose answer was lost is sent again: where it had been carried out, or is later on, the name is taken, and what is there
 * tells whose it is. So the same write may be tried any number of times and counts once (docs/spec/commit.md, C19).
 */
export async function putOnce(
  { requests, clock }: { readonly requests: S3Requests; readonly clock: Clock },
  path: S3Path,
  bytes: Uint8Array,
): Promise<PutOutcome> {
  const write = { onlyIfAbsent: true, writeId: randomUUID() } as const;
  let isUnknown = false;
  try {
    await retried(clock, async () => {
      try {
        await requests.put(path, bytes, write);
      } catch (error) {
        isUnknown ||= s3Failure(error).isUnknown;
        throw error;
      }
    });
    return { kind: "put" };
  } catch (error) {
    const isTaken = s3Failure(error).status === 412;
    // Without a lost answer before it, the name was taken by somebody else.
    if (!isUnknown) return isTaken ? { kind: "taken" } : { kind: "failed", error };
    const found = await lookFor({ requests, clock }, path, { bytes, writeId: write.writeId });
    if (found === "ours") return { kind: "put" };
    // Where another's stands, ours was refused and will be. Where nothing stands, the lost request may be on its way still.
    if (found === "another's") return { kind: "taken" };
    return { kind: "unknown", error };
  }
}

/** Whose object is there; undefined where none is, or where nobody can say. */
async function lookFor(
  { requests, clock }: { readonly requests: S3Requests; readonly clock: Clock },
  path: S3Path,
  own: { readonly bytes: Uint8Array; readonly writeId: string },
): Promise<"ours" | "another's" | undefined> {
  try {
    const found = await retried(clock, async () => {
      const { body, writeId } = await requests.get(path);
      return { writeId, bytes: await buffer(body) };
    });
    const isOurs = found.bytes.equals(own.bytes) && (found.writeId ?? own.writeId) === own.writeId;
    return isOurs ? "ours" : "another's";
  } catch {
    return undefined;
  }
}

import type { Clock } from "../../core/clock.ts";
import { glueFailure } from "./glue-error.ts";
import { glueRetried } from "./glue-retry.ts";

/** What became of a change of Glue that only one of many writers can make. */
export type WriteOutcome =
  | { readonly kind: "done" }
  /** Another writer was first. */
  | { readonly kind: "lost" }
  /** It failed and was not carried out. */
  | { readonly kind: "failed"; readonly error: unknown }
  /** It may have been carried out, or may be yet. */
  | { readonly kind: "unknown"; readonly error: unknown };

/**
 * Sends a change that Glue grants to one writer of many, until its outcome is known or cannot be.
 *
 * A request whose answer was lost is sent again as it was: where it had been carried out, or is later on, Glue refuses the second one, and
 * what the table has become tells whose change it is. So the same change may be tried any number of times and counts once
 * (docs/spec/commit.md, C21).
 *
 * @param write `send` sends it once; `refusal` is Glue's word for having been granted to somebody already; `look` says whose change
 *   the table holds, undefined where neither can be told
 */
export async function writeOnce(
  clock: Clock,
  write: {
    readonly send: () => Promise<void>;
    readonly refusal: string;
    readonly look: () => Promise<"ours" | "another's" | undefined>;
    /** The same change was sent before, and nobody knows what became of it. */
    readonly wasSent?: boolean;
  },
): Promise<WriteOutcome> {
  let isUnknown = write.wasSent ?? false;
  try {
    await glueRetried(clock, async () => {
      try {
        await write.send();
      } catch (error) {
        isUnknown ||= glueFailure(error).isUnknown;
        throw error;
      }
    });
    return { kind: "done" };
  } catch (error) {
    // Without a lost answer before it, a refusal says that somebody else was first, and any other error that nothing was done.
    if (!isUnknown)
      return glueFailure(error).name === write.refusal ? { kind: "lost" } : { kind: "failed", error };
    const found = await write.look().catch(() => undefined);
    if (found === "ours") return { kind: "done" };
    if (found === "another's") return { kind: "lost" };
    return { kind: "unknown", error };
  }
}

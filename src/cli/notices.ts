import type { AppObserver } from "../app.ts";
import { describeSkew } from "../duo/server-clock.ts";

/** A shorter pause between two tries is nobody's concern. */
const WAIT_MS_MIN = 2_000;

/**
 * What a command tells people while it asks Duo: waits, a clock that is wrong, child accounts that are left out (each once).
 *
 * @param say prints a line that stays
 */
export function createNotices(say: (text: string) => void): Pick<AppObserver, "duo" | "leftOut"> {
  const saidOnce = new Set<string>();
  return {
    duo: (source) => ({
      onWait: (path, delayMs, because) => {
        if (delayMs < WAIT_MS_MIN) return;
        say(
          `${source}: waiting ${Math.ceil(delayMs / 1000)} s before asking for ${path} again: ${because.message}`,
        );
      },
      onSkew: (skewMs) => {
        say(
          `${source}: warning: this machine's clock is ${describeSkew(skewMs)}; requests are signed with Duo's time`,
        );
      },
    }),
    leftOut: (source, { message }) => {
      const text = `${source}: warning: an account is left out: ${message}`;
      if (saidOnce.has(text)) return;
      saidOnce.add(text);
      say(text);
    },
  };
}

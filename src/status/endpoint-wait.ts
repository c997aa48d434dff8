import type { Priority } from "../duo/priority.ts";
import type { Waiting } from "../duo/waiting.ts";

/** An endpoint whose next request waits so long that somebody may wonder why. */
export interface EndpointWait {
  readonly account: string | undefined;
  readonly endpoint: string;
  readonly reason: Waiting["reason"];
  /** Of the request that goes next; undefined where none waits and the endpoint is only held. */
  readonly priority: Priority | undefined;
  /** When it goes at the earliest, ms since 1970. */
  readonly untilMs: number;
  /** How many times in a row Duo answered 429; undefined where it is not known. */
  readonly rejectedCount: number | undefined;
}

const WHY: Readonly<Record<EndpointWait["reason"], string>> = {
  hold: "Duo answered 429",
  behind: "requests that are more urgent go first",
  rate: "as fast as Duo lets it",
};

/** Says for people why an endpoint waits: `Duo answered 429 (2 times in a row)`; pure. */
export function describeWait({ reason, rejectedCount = 0 }: EndpointWait): string {
  return reason === "hold" && rejectedCount > 1
    ? `${WHY.hold} (${rejectedCount} times in a row)`
    : WHY[reason];
}

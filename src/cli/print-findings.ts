import { describeSkew } from "../duo/server-clock.ts";
import type { Finding, SourceFinding, StreamFinding } from "./doctor.ts";
import { formatCount } from "./format.ts";
import type { Io } from "./io.ts";

/** More than this is worth a look, although Duo accepts five minutes. */
const SKEW_SECONDS_MAX = 60;

/** Prints what `doctor` found out, a line for each thing: `ok`, `FAIL` or `todo`. */
export function printFindings(
  found: {
    readonly warehouse: string;
    readonly lake: Finding;
    readonly sources: readonly SourceFinding[];
    /** Names of the log sources that pull child accounts: without a secret key nobody is known whose clock could be asked. */
    readonly providers: ReadonlySet<string>;
  },
  io: Io,
): void {
  const line = (ok: boolean, text: string): void => io.out(`${ok ? "ok  " : "FAIL"}  ${text}\n`);
  const { warehouse, lake, sources, providers } = found;
  line(lake.ok, `lake: ${lake.error?.message ?? `${warehouse} can be written`}`);
  for (const { source, secret, clock_skew_seconds: skew, accounts_error: accounts, streams } of sources) {
    // Not set yet is a state, not a failure: the exit code is the same for pull and doctor.
    if (secret === "populated") line(true, `${source}: secret key is stored`);
    else io.out(`todo  ${source}: secret key is not set; \`duolake secret set ${source}\` sets it\n`);
    if (accounts !== null) line(false, `${source}: ${accounts.message}`);
    if (skew !== null) {
      line(Math.abs(skew) < SKEW_SECONDS_MAX, `${source}: this clock is ${describeSkew(skew * 1000)}`);
    } else if (accounts === null && (secret === "populated" || !providers.has(source))) {
      line(false, `${source}: Duo's clock could not be read`);
    }
    for (const one of streams) {
      const { account, table, stream, ok, error } = one;
      const name = account === undefined ? source : `${source} of ${account}`;
      line(
        ok,
        `${name}: ${table} (${stream})${error === null ? ` answers${cost(one)}` : `: ${error.message}`}`,
      );
    }
  }
}

function cost(finding: StreamFinding): string {
  const { event_count: eventCount, backfill_requests: backfill } = finding;
  const { daily_reread_requests: daily, weekly_reread_requests: weekly } = finding;
  if (eventCount === null || backfill === null) return "";
  const rereads =
    daily === null || weekly === null
      ? ""
      : `; re-reads: ${requests(daily)} a day, ${requests(weekly)} a week`;
  return `; ${formatCount(eventCount)} events to backfill, ${requests(backfill)}${rereads}`;
}

function requests(count: number): string {
  return `${formatCount(count)} request${count === 1 ? "" : "s"}`;
}

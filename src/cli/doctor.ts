import { type App, createApp } from "../app.ts";
import { systemClock } from "../core/clock.ts";
import { DuolakeError, errorText } from "../core/errors.ts";
import { probeStream } from "../duo/probe-stream.ts";
import { describeSkew } from "../duo/server-clock.ts";
import type { Stream } from "../duo/tables/table.ts";
import type { TablePuller } from "../pipeline/table-puller.ts";
import { AVAILABILITY_DELAY_MS, RETENTION_MS } from "../pipeline/window.ts";
import type { SecretStatus } from "../secrets/store.ts";
import type { AccountApp, SourceApp } from "../source-app.ts";
import { EXIT_DONE, EXIT_NOTHING_DONE, EXIT_PARTLY } from "./exit-codes.ts";
import { formatCount } from "./format.ts";
import type { Io } from "./io.ts";
import { type CommonOptions, loadContext } from "./load-context.ts";

interface Finding {
  readonly ok: boolean;
  readonly error: { readonly code: string; readonly message: string } | null;
}

interface StreamFinding extends Finding {
  /** The child account; absent where the log source pulls its own. */
  readonly account?: string;
  readonly table: string;
  readonly stream: string;
  readonly event_count: number | null;
  readonly backfill_requests: number | null;
}

interface SourceFinding {
  readonly source: string;
  readonly secret: SecretStatus;
  readonly clock_skew_seconds: number | null;
  /** Why the child accounts cannot be listed. */
  readonly accounts_error: Finding["error"];
  readonly streams: readonly StreamFinding[];
}

/** `duolake doctor`: checks everything a pull needs and says what to do about what is missing. */
export async function doctor(options: CommonOptions, io: Io): Promise<number> {
  const config = await loadContext(options, io);
  await using app = await createApp({ config, clock: systemClock, env: io.env });
  const lake = await attempt(() => app.lake.probe());
  const sources: SourceFinding[] = [];
  for (const source of app.sources) sources.push(await checkSource(app, source, io.signal));
  if (options.json === true) io.out(`${JSON.stringify({ lake, sources })}\n`);
  else printFindings(app, { lake, sources }, io);
  const checks = [lake, ...sources.flatMap((source) => source.streams)];
  const failedCount = checks.filter((check) => !check.ok).length;
  if (failedCount === 0) return EXIT_DONE;
  return !lake.ok || failedCount === checks.length - 1 ? EXIT_NOTHING_DONE : EXIT_PARTLY;
}

async function checkSource(app: App, source: SourceApp, signal: AbortSignal): Promise<SourceFinding> {
  const secret = await app.secrets.status(source.name);
  const streams: StreamFinding[] = [];
  let skewMs: number | undefined;
  const accounts = await attempt(async () => {
    // Child accounts cannot be listed without the secret key.
    if (secret !== "populated" && source.config.accounts !== undefined) return;
    for (const account of await source.accounts(signal)) {
      skewMs ??= await account.client.serverClock.measureSkewMs(signal);
      // Without a secret there is nothing to ask with; one after the other, so that the account is not hurried.
      if (secret !== "populated") continue;
      for (const puller of account.pullers) {
        streams.push(...(await checkTable(app, account, { puller, signal })));
      }
    }
  });
  return {
    source: source.name,
    secret,
    clock_skew_seconds: skewMs === undefined ? null : Math.round(skewMs / 1000),
    accounts_error: accounts.error,
    streams,
  };
}

/** Asks the streams of a table in their order until one answers; where none does, the last one's failure stands. */
async function checkTable(
  app: App,
  account: AccountApp,
  { puller, signal }: { readonly puller: TablePuller; readonly signal: AbortSignal },
): Promise<StreamFinding[]> {
  let finding: StreamFinding | undefined;
  for (const stream of puller.streams) {
    finding = await checkStream(app, account, { puller, stream, signal });
    if (finding.ok) break;
  }
  return finding === undefined ? [] : [finding];
}

async function checkStream(
  app: App,
  { client }: AccountApp,
  {
    puller,
    stream,
    signal,
  }: { readonly puller: TablePuller; readonly stream: Stream; readonly signal: AbortSignal },
): Promise<StreamFinding> {
  const nowMs = client.serverClock.nowMs();
  const fromMs = nowMs - Math.min(app.config.pull.backfillMs, RETENTION_MS) - 1;
  const window = {
    fromMs: Math.min(fromMs, nowMs - AVAILABILITY_DELAY_MS - 1),
    toMs: nowMs - AVAILABILITY_DELAY_MS,
  };
  let eventCount: number | undefined;
  const finding = await attempt(async () => {
    eventCount = (await probeStream(client, stream, window, signal)).eventCount;
  });
  return {
    ...(puller.account !== undefined && { account: puller.account.id }),
    table: puller.table,
    stream: stream.name,
    ...finding,
    event_count: eventCount ?? null,
    backfill_requests: eventCount === undefined ? null : Math.ceil(eventCount / stream.pageRowCountMax),
  };
}

async function attempt(check: () => Promise<unknown>): Promise<Finding> {
  try {
    await check();
    return { ok: true, error: null };
  } catch (error) {
    if (!(error instanceof DuolakeError) || error.code === "stopped") throw error;
    return { ok: false, error: { code: error.code, message: errorText(error) } };
  }
}

function printFindings(
  app: App,
  { lake, sources }: { readonly lake: Finding; readonly sources: readonly SourceFinding[] },
  io: Io,
): void {
  const line = (ok: boolean, text: string): void => io.out(`${ok ? "ok  " : "FAIL"}  ${text}\n`);
  line(lake.ok, `lake: ${lake.error?.message ?? `${app.config.lake.warehouse} can be written`}`);
  for (const { source, secret, clock_skew_seconds: skew, streams } of sources) {
    const isPopulated = secret === "populated";
    // Not set yet is a state, not a failure: the exit code is the same for pull and doctor.
    if (isPopulated) line(true, `${source}: secret key is stored`);
    else io.out(`todo  ${source}: secret key is not set; \`duolake secret set ${source}\` sets it\n`);
    if (skew === null) line(false, `${source}: Duo's clock could not be read`);
    else line(Math.abs(skew) < 60, `${source}: this clock is ${describeSkew(skew * 1000)}`);
    for (const {
      table,
      stream,
      ok,
      error,
      event_count: eventCount,
      backfill_requests: requests,
    } of streams) {
      const cost =
        eventCount === null || requests === null
          ? ""
          : `; ${formatCount(eventCount)} events to backfill, ${formatCount(requests)} request${requests === 1 ? "" : "s"}`;
      line(ok, `${source}: ${table} (${stream})${error === null ? ` answers${cost}` : `: ${error.message}`}`);
    }
  }
}

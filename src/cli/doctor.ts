import { type App, createApp } from "../app.ts";
import { systemClock } from "../core/clock.ts";
import { DuolakeError, errorText } from "../core/errors.ts";
import { probeStream } from "../duo/probe-stream.ts";
import type { Stream } from "../duo/tables/table.ts";
import type { TablePuller } from "../pipeline/table-puller.ts";
import { AVAILABILITY_DELAY_MS, RETENTION_MS } from "../pipeline/window.ts";
import type { SecretStatus } from "../secrets/store.ts";
import type { AccountApp, SourceApp } from "../source-app.ts";
import { rereadDaysOf, rereadRequests } from "../status/reread-cost.ts";
import { EXIT_DONE, EXIT_NOTHING_DONE, EXIT_PARTLY } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { type CommonOptions, loadContext } from "./load-context.ts";
import { printFindings } from "./print-findings.ts";

const DAY_MS = 86_400_000;

/** What was found out about one thing that a pull needs. */
export interface Finding {
  readonly ok: boolean;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** What was found out about the stream of one table of one account. */
export interface StreamFinding extends Finding {
  /** The child account; absent where the log source pulls its own. */
  readonly account?: string;
  readonly table: string;
  readonly stream: string;
  readonly event_count: number | null;
  readonly backfill_requests: number | null;
  /** Requests of one re-read of the last days, each day, and of the last weeks, each week. */
  readonly daily_reread_requests: number | null;
  readonly weekly_reread_requests: number | null;
}

/** What was found out about one log source. */
export interface SourceFinding {
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
  else {
    const providers = new Set(
      config.logSources.filter((one) => one.accounts !== undefined).map(({ name }) => name),
    );
    printFindings({ warehouse: config.lake.warehouse, lake, sources, providers }, io);
  }
  const accounts = sources.flatMap(({ accounts_error: error }) =>
    error === null ? [] : [{ ok: false, error }],
  );
  const checks = [lake, ...accounts, ...sources.flatMap((source) => source.streams)];
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
  const countSince = async (since: number): Promise<number | undefined> => {
    const probed = { fromMs: Math.min(since, window.toMs - 1), toMs: window.toMs };
    return (await probeStream(client, stream, probed, signal)).eventCount;
  };
  let eventCount: number | undefined;
  let rereads: { readonly daily: number; readonly weekly: number } | undefined;
  const finding = await attempt(async () => {
    eventCount = await countSince(window.fromMs);
    // Who does not say how many events there are need not be asked again.
    if (eventCount === undefined) return;
    const days = rereadDaysOf(stream);
    const daily = await countSince(nowMs - days.daily * DAY_MS);
    const weekly = await countSince(nowMs - days.weekly * DAY_MS);
    if (daily !== undefined && weekly !== undefined) rereads = rereadRequests(stream, { daily, weekly });
  });
  return {
    ...(puller.account !== undefined && { account: puller.account.id }),
    table: puller.table,
    stream: stream.name,
    ...finding,
    event_count: eventCount ?? null,
    backfill_requests: eventCount === undefined ? null : Math.ceil(eventCount / stream.pageRowCountMax),
    daily_reread_requests: rereads?.daily ?? null,
    weekly_reread_requests: rereads?.weekly ?? null,
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

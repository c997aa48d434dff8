import { type App, type AppObserver, type AppOptions, createApp } from "../app.ts";
import { openStatusObjects, type StatusObjects, type StatusStore } from "../status/status-objects.ts";
import { type InvocationSecrets, invocationSecrets } from "./invocation-secrets.ts";
import type { SecretStore } from "../secrets/store.ts";

/** What a container pulls with: one for all of its invocations. */
export interface PullingApp extends AsyncDisposable {
  readonly app: App;
  readonly secrets: InvocationSecrets;
  readonly statuses: StatusObjects;
}

export interface PullingAppOptions extends Pick<AppOptions, "config" | "clock" | "env" | "http"> {
  readonly secretStore: SecretStore;
  readonly statusStore: StatusStore;
  /** `s3://bucket/status` */
  readonly statusFolder: string;
  /** How much of the container's room for files is this program's, above 0 to 1; default all of it. */
  readonly cacheShare?: number;
}

/** A container has 1 GiB for four log sources at a time; what a kill makes read again is small, too. */
const BATCH_ROW_COUNT_MAX = 8_192;
/** A hold is no shorter: waiting for its end would be paid for, and the next tick comes after it. */
const REQUEST_WAIT_MS_MAX = 20_000;
/** Of the 512 MiB that a container has in /tmp; the rest is for files on their way to the lake. */
const CACHE_BYTES_MAX = 160 * 1024 * 1024;

/** Puts the program together as it runs in Lambda; nothing is read or sent yet. */
export async function openPullingApp(options: PullingAppOptions, observer: AppObserver): Promise<PullingApp> {
  const { secretStore, statusStore, statusFolder, cacheShare = 1, ...own } = options;
  const secrets = invocationSecrets(secretStore);
  const sources = own.config.logSources;
  const statuses = openStatusObjects({ store: statusStore, folder: statusFolder, sources });
  const app = await createApp({
    ...own,
    secrets,
    observer,
    journal: statuses.journal,
    batchRowCountMax: BATCH_ROW_COUNT_MAX,
    requestWaitMsMax: REQUEST_WAIT_MS_MAX,
    cacheBytesMax: Math.floor(CACHE_BYTES_MAX * cacheShare),
  });
  return { app, secrets, statuses, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

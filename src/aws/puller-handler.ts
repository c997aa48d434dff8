import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import type { AppObserver } from "../app.ts";
import { systemClock } from "../core/clock.ts";
import { loadAwsPackage } from "../core/load-aws-package.ts";
import { createRunLog } from "../daemon/run-log.ts";
import { openS3 } from "../lake/open-s3.ts";
import { openSecretStore } from "../secrets/open-secret-store.ts";
import { startDeadline } from "./deadline.ts";
import { deployedEnvironment } from "./deployed-environment.ts";
import { deployedConfigLoader } from "./load-deployed-config.ts";
import { loadDirectory } from "./load-directory.ts";
import { ownFolder } from "./own-folder.ts";
import { programShare } from "./program-share.ts";
import { type LambdaContext, pullHandler, type SqsAnswer, type SqsEvent } from "./pull-handler.ts";
import { createPuller } from "./puller.ts";
import { openPullingApp, type PullingApp } from "./pulling-app.ts";
import { sqsComeBack } from "./sqs-come-back.ts";
import { statusFolder } from "./status-folder.ts";

type Environment = Readonly<Record<string, string | undefined>>;

let started: ReturnType<typeof pullHandler> | undefined;

/** What Lambda calls with messages of the queue: pulls the log sources that they name. One program per container. */
export async function handler(event: SqsEvent, context: LambdaContext): Promise<SqsAnswer> {
  started ??= start(process.env);
  return started(event, context);
}

function start(env: Environment): ReturnType<typeof pullHandler> {
  const deployed = deployedEnvironment(env);
  const { nowMs } = systemClock;
  const output = pino.destination({ fd: 1, sync: true });
  const log = createRunLog({ env, err: (text) => output.write(text) }, nowMs);
  return pullHandler({
    pull: createPuller({ open: opener(env), clock: systemClock, log }),
    label: deployed.label,
    nowMs,
    logger: log.logger,
    write: (line) => output.write(`${line}\n`),
    startDeadline,
    comeBack: comeBackOf(env["DUOLAKE_QUEUE_URL"] ?? ""),
  });
}

/** Configuration, secrets and status objects as the deployment has them. */
function opener(
  env: Environment,
): (observer: AppObserver, sources: readonly string[]) => Promise<PullingApp> {
  const deployed = deployedEnvironment(env);
  const temporaryFolder = tmpdir();
  const store = openS3({ clock: systemClock, localFolder: join(temporaryFolder, "duolake") });
  const loadDeployed = deployedConfigLoader({ store, load: loadDirectory, temporaryFolder });
  return async (observer, names) => {
    const { sources, load } = await loadDeployed(deployed);
    const share = programShare(sources.length, names);
    const config = await load(share.names);
    return ownFolder(config.dir, () => {
      const secretStore = openSecretStore(config, env);
      const own = { config, clock: systemClock, env, secretStore, cacheShare: share.cacheShare };
      const status = { statusStore: store, statusFolder: statusFolder(deployed.warehouse) };
      return openPullingApp({ ...own, ...status }, observer);
    });
  };
}

/** The package is loaded with the first message that fails. */
function comeBackOf(queueUrl: string): ReturnType<typeof sqsComeBack> {
  let opened: ReturnType<typeof sqsComeBack> | undefined;
  return async (receiptHandle, delaySeconds) => {
    const { SQSClient } = await loadAwsPackage(
      "SQS",
      "@aws-sdk/client-sqs",
      () => import("@aws-sdk/client-sqs"),
    );
    opened ??= sqsComeBack({ client: new SQSClient({}), queueUrl });
    await opened(receiptHandle, delaySeconds);
  };
}

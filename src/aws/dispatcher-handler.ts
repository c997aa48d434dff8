import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { systemClock } from "../core/clock.ts";
import { loadAwsPackage } from "../core/load-aws-package.ts";
import { openS3 } from "../lake/open-s3.ts";
import { deployedEnvironment } from "./deployed-environment.ts";
import { dispatchHandler } from "./dispatch-handler.ts";
import { deployedConfigLoader } from "./load-deployed-config.ts";
import { loadDirectory } from "./load-directory.ts";
import { sqsQueue } from "./sqs-queue.ts";

let started: ReturnType<typeof start> | undefined;

/** What Lambda calls at each tick where there are more log sources than a rule has targets: sends a message for each. */
export async function handler(): Promise<void> {
  started ??= start(process.env);
  await (
    await started
  )();
}

async function start(env: Readonly<Record<string, string | undefined>>): Promise<() => Promise<void>> {
  const deployed = deployedEnvironment(env);
  const { SQSClient } = await loadAwsPackage(
    "SQS",
    "@aws-sdk/client-sqs",
    () => import("@aws-sdk/client-sqs"),
  );
  const temporaryFolder = tmpdir();
  const store = openS3({ clock: systemClock, localFolder: join(temporaryFolder, "duolake") });
  const load = deployedConfigLoader({ store, load: loadDirectory, temporaryFolder });
  const logger = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 1, sync: true }),
  );
  return dispatchHandler({
    queue: sqsQueue({ client: new SQSClient({}), queueUrl: env["DUOLAKE_QUEUE_URL"] ?? "" }),
    sources: async () => (await load(deployed)).sources.map(({ name }) => name),
    nowMs: systemClock.nowMs,
    onSent: (sourceCount, messageCount) =>
      logger.info({ sources: sourceCount, messages: messageCount }, "tick sent"),
  });
}

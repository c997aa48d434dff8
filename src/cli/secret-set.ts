import type { Config } from "../config/config.ts";
import { DuolakeError, errorText } from "../core/errors.ts";
import { armHeartbeat } from "../deploy/arm-heartbeat.ts";
import type { SecretStore } from "../secrets/store.ts";
import { Secret } from "../secrets/secret.ts";
import { awsAccess, labelOf } from "./aws-options.ts";
import { EXIT_DONE } from "./exit-codes.ts";
import { findNamed } from "./find-named.ts";
import { readHidden } from "./read-hidden.ts";
import type { Io } from "./io.ts";
import { loadContext } from "./load-context.ts";
import { chooseSecretStore, type SecretOptions } from "./choose-secret-store.ts";

/** `duolake secret set SOURCE`: stores the secret key; it is never taken from the command line. */
export async function secretSet(name: string, options: SecretOptions, io: Io): Promise<number> {
  const config = await loadContext(options, io);
  const source = findNamed(config.logSources, { kind: "log source", name, nameOf: (one) => one.name });
  const secrets = chooseSecretStore(options, config, io);
  const isFirst = options.aws === true && !(await hasPopulated(secrets, config));
  await secrets.set(source.name, new Secret(await readSecretText(source.name, io)));
  if (options.json === true) io.out(`${JSON.stringify({ source: source.name, status: "populated" })}\n`);
  else io.out(`The secret key of ${source.name} is stored in ${secrets.describe(source.name)}.\n`);
  if (isFirst) await arm(options, config, io);
  return EXIT_DONE;
}

/** The key is stored, so nothing here is a failure of the command. */
async function arm(options: SecretOptions, config: Config, io: Io): Promise<void> {
  try {
    await armHeartbeat(awsAccess(options, io), labelOf(options, config));
  } catch (error) {
    io.err(
      `duolake: warning: the alarm for missing pulls stays off until the next \`duolake deploy\`: ${errorText(error)}\n`,
    );
  }
}

/** Until one key is there the alarm for missing pulls is off; a fleet has one at once, so few secrets are read. */
async function hasPopulated(secrets: SecretStore, { logSources }: Config): Promise<boolean> {
  for (const { name } of logSources) if ((await secrets.status(name)) === "populated") return true;
  return false;
}

async function readSecretText(source: string, io: Io): Promise<string> {
  if (process.stdin.isTTY) return readHidden(`Secret key of ${source} (not shown): `, io);
  const chunks: Buffer[] = [];
  let byteCount = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer);
    byteCount += (chunk as Buffer).length;
    if (byteCount > 65_536) {
      throw new DuolakeError(
        "usage_invalid",
        "Cannot store a secret key: standard input is far too long for one",
      );
    }
  }
  return Buffer.concat(chunks).toString("utf8");
}

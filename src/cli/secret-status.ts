import { mapBounded } from "../core/map-bounded.ts";
import { flagsOf } from "./aws-options.ts";
import { chooseSecretStore, type SecretOptions } from "./choose-secret-store.ts";
import { EXIT_DONE } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { loadContext } from "./load-context.ts";
import { textTable } from "./text-table.ts";

/** A fleet has thousands. */
const READ_COUNT_MAX = 8;

/** `duolake secret status`: says for each log source whether its secret key is there; never the value. */
export async function secretStatus(options: SecretOptions, io: Io): Promise<number> {
  const config = await loadContext(options, io);
  const secrets = chooseSecretStore(options, config, io);
  const sources = await mapBounded(config.logSources, READ_COUNT_MAX, async ({ name }) => ({
    source: name,
    status: await secrets.status(name),
    store: secrets.describe(name),
  }));
  if (options.json === true) {
    io.out(`${JSON.stringify({ sources })}\n`);
    return EXIT_DONE;
  }
  const flags = options.aws === true ? ` --aws ${flagsOf(options)}`.trimEnd() : "";
  const rows = sources.map(({ source, status, store }) => [
    source,
    status,
    status === "populated" ? store : `duolake secret set ${source}${flags}`,
  ]);
  io.out(textTable([{ title: "source" }, { title: "secret key" }, { title: "where, or what to do" }], rows));
  return EXIT_DONE;
}

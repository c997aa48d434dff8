import { openSecretStore } from "../secrets/open-secret-store.ts";
import { EXIT_DONE } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { type CommonOptions, loadContext } from "./load-context.ts";
import { textTable } from "./text-table.ts";

/** `duolake secret status`: says for each log source whether its secret key is there; never the value. */
export async function secretStatus(options: CommonOptions, io: Io): Promise<number> {
  const config = await loadContext(options, io);
  const secrets = openSecretStore(config, io.env);
  const sources = await Promise.all(
    config.logSources.map(async ({ name }) => ({
      source: name,
      status: await secrets.status(name),
      store: secrets.describe(name),
    })),
  );
  if (options.json === true) {
    io.out(`${JSON.stringify({ sources })}\n`);
    return EXIT_DONE;
  }
  const rows = sources.map(({ source, status, store }) => [
    source,
    status,
    status === "populated" ? store : `duolake secret set ${source}`,
  ]);
  io.out(textTable([{ title: "source" }, { title: "secret key" }, { title: "where, or what to do" }], rows));
  return EXIT_DONE;
}

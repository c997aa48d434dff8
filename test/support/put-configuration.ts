import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadDirectory } from "../../src/cli/load-context.ts";
import { configurationDocument } from "../../src/deploy/configuration-document.ts";
import type { Deployment } from "./containers.ts";

/** Puts a Matano directory of the deployment's account where the functions find it, in the bucket `my-code`; gives its key. */
export async function putConfiguration(
  { harness, s3 }: Deployment,
  { tables, settings = "" }: { readonly tables: readonly string[]; readonly settings?: string },
): Promise<string> {
  const { apiHostname, integrationKey } = harness.simulator;
  const dir = join(harness.dir, "matano");
  const folder = join(dir, "log_sources", "duo");
  await mkdir(join(folder, "tables"), { recursive: true });
  await writeFile(join(dir, "matano.config.yml"), settings);
  const properties = { api_hostname: apiHostname, integration_key: integrationKey };
  await writeFile(
    join(folder, "log_source.yml"),
    JSON.stringify({ name: "duo", managed: { type: "DUO", properties } }),
  );
  for (const table of tables)
    await writeFile(join(folder, "tables", `${table}.yml`), JSON.stringify({ name: table }));
  const { bytes } = await configurationDocument(await loadDirectory(dir));
  const key = `config/${createHash("sha256").update(bytes).digest("hex")}.json`;
  s3.buckets.set("my-code", key, Buffer.from(bytes).toString());
  return key;
}

import { resolve } from "node:path";

import { checkValue } from "./check-value.ts";
import type { CatalogConfig, Config } from "./config.ts";
import type { CatalogSection } from "./definitions/catalog-definition.ts";
import { matanoConfigDefinition } from "./definitions/matano-config-definition.ts";
import type { MatanoConfigFile } from "./definitions/matano-config-definition.ts";
import { failingAfterMs } from "./failing-after.ts";
import type { Findings } from "./problem.ts";
import { restCatalogConfig } from "./rest-catalog-config.ts";
import { readYamlFile } from "./read-yaml-file.ts";

export const MATANO_CONFIG_FILE = "matano.config.yml";
const MISSPELLED = "matano.config.yaml";

/** Reads `matano.config.yml`; every key has a default, and so has the file. */
export async function loadMatanoConfig(
  dir: string,
  options: { readonly names: readonly string[]; readonly findings: Findings },
): Promise<Pick<Config, "lake" | "secrets" | "pull">> {
  const { names, findings } = options;
  if (names.includes(MISSPELLED)) {
    const message = `the file must be called ${MATANO_CONFIG_FILE}`;
    findings.problems.push({ file: MISSPELLED, line: 1, column: 1, message });
  }
  const yaml = names.includes(MATANO_CONFIG_FILE)
    ? await readYamlFile(dir, MATANO_CONFIG_FILE, findings.problems)
    : undefined;
  const checked =
    yaml === undefined ? undefined : checkValue(yaml, matanoConfigDefinition, findings.problems);
  return sections(dir, checked ?? matanoConfigDefinition.parse({}));
}

function sections(dir: string, file: MatanoConfigFile): Pick<Config, "lake" | "secrets" | "pull"> {
  const { lake, secrets, pull } = file;
  const isS3 = /^s3:/i.test(lake.warehouse);
  return {
    lake: {
      ...lake,
      warehouse: isS3 ? lake.warehouse.replace(/\/+$/, "") : resolve(dir, lake.warehouse),
      catalog: catalogOf(lake.catalog),
    },
    secrets,
    pull: {
      intervalMs: pull.interval,
      lookBackMs: pull.look_back,
      backfillMs: pull.backfill,
      holdAfter429Ms: pull.hold_after_429,
      failingAfterMs: failingAfterMs(pull.failing_after, pull.interval),
    },
  };
}

function catalogOf(section: CatalogSection): CatalogConfig {
  const { type, region, catalog_id: catalogId } = section;
  if (type === "folder") return { type };
  if (type === "rest") return restCatalogConfig(section);
  return { type, ...(region !== undefined && { region }), ...(catalogId !== undefined && { catalogId }) };
}

import type { CommonKeys } from "./definitions/shared-keys.ts";
import type { Findings } from "./problem.ts";
import type { YamlFile } from "./yaml-file.ts";

/** Warns of keys that meant something to Matano and have no effect here. */
export function warnIgnored(yaml: YamlFile, keys: CommonKeys, findings: Findings): void {
  for (const key of Object.keys(keys.ingest ?? {})) {
    const message = `ingest.${key} has no effect: events come from Duo, not from files`;
    findings.warnings.push({ file: yaml.file, ...yaml.keyAt(["ingest", key]), message });
  }
}

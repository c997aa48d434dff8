import type { Findings } from "./problem.ts";
import type { ValuePath, YamlFile } from "./yaml-file.ts";

/** Values that the configuration has a place for and this version has no code for: what uses them refuses them. */
const UNAVAILABLE: readonly {
  readonly path: ValuePath;
  readonly isIt: (value: string) => boolean;
  readonly instead: string;
}[] = [
  { path: ["lake", "catalog", "type"], isIt: (value) => value !== "folder", instead: "use folder" },
  { path: ["secrets", "store"], isIt: (value) => value !== "local", instead: "use local" },
];

/** Warns of values that are right and cannot be used yet, so that `validate` says so before a pull does. */
export function warnUnavailable(yaml: YamlFile, file: unknown, findings: Findings): void {
  for (const { path, isIt, instead } of UNAVAILABLE) {
    let value = file;
    for (const key of path) value = (value as Readonly<Record<string, unknown>> | undefined)?.[String(key)];
    if (typeof value !== "string" || !isIt(value)) continue;
    const message = `${path.join(".")} ${value} is not available in this version yet; ${instead}`;
    findings.warnings.push({ file: yaml.file, ...yaml.valueAt(path), message });
  }
}

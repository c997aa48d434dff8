import { ACCOUNT_COLUMNS } from "./account-columns.ts";
import { addedColumns } from "./added-columns.ts";
import { checkValue } from "./check-value.ts";
import type { LogSource } from "./config.ts";
import { logSourceDefinition } from "./definitions/log-source-definition.ts";
import type { LogSourceFile } from "./definitions/log-source-definition.ts";
import { integrationKeyDoubt } from "./integration-key.ts";
import { listFolder } from "./list-folder.ts";
import { loadTables } from "./load-tables.ts";
import type { LoadContext } from "./load-tables.ts";
import { MATANO_SOURCE_TYPES } from "./matano-source-types.ts";
import { readYamlFile } from "./read-yaml-file.ts";
import { warnIgnored } from "./warn-ignored.ts";
import type { YamlFile } from "./yaml-file.ts";

const FILE_NAME = "log_source.yml";

/** A log source and the file that names it. */
export interface LoadedSource {
  readonly yaml: YamlFile;
  /** As written; undefined where the name is missing or not text. */
  readonly name: string | undefined;
  /** Undefined where the file has problems. */
  readonly source: LogSource | undefined;
}

/**
 * Reads one folder of `log_sources/`.
 *
 * @param folder relative to the directory, with `/`
 * @returns undefined where the folder is no Duo log source or its file cannot be read
 */
export async function loadLogSource(context: LoadContext, folder: string): Promise<LoadedSource | undefined> {
  const { dir, findings } = context;
  const listing = await listFolder(dir, folder, findings.problems);
  if (listing === undefined || !hasLogSourceFile(listing, folder, findings.problems)) return undefined;
  const yaml = await readYamlFile(dir, `${folder}/${FILE_NAME}`, findings.problems);
  if (yaml === undefined) return undefined;
  const head = headOf(yaml.value);
  if (isForeign(context, yaml, head)) return undefined;

  const file = checkValue(yaml, logSourceDefinition, findings.problems);
  if (file !== undefined) warnDoubts(context, yaml, file);
  const own = addedColumns(yaml, { ecs: context.ecs, problems: findings.problems });
  const accounts = file?.managed.properties.accounts;
  const added = accounts === undefined ? own : { ...own, ecs: [...ACCOUNT_COLUMNS, ...own.ecs] };
  // The tables are read in any case, so that their problems are seen in the same run.
  const name = file?.name ?? "duo";
  const tables = await loadTables(context, { folder, name, added, meta: file?.meta });
  if (file === undefined) return { yaml, name: head.name, source: undefined };
  if (tables.length === 0) {
    const message = `the log source ${name} has no tables: nothing is pulled; add an empty file tables/auth.yml`;
    findings.warnings.push({ file: yaml.file, line: 1, column: 1, message });
  }
  const { api_hostname, integration_key, admin_stream } = file.managed.properties;
  return {
    yaml,
    name,
    source: {
      name,
      apiHostname: api_hostname,
      integrationKey: integration_key,
      adminStream: admin_stream,
      ...(accounts === undefined ? {} : { accounts }),
      tables,
    },
  };
}

interface Head {
  readonly name: string | undefined;
  readonly type: string | undefined;
  readonly isManaged: boolean;
}

function headOf(value: unknown): Head {
  const { name, managed } = (value ?? {}) as { readonly name?: unknown; readonly managed?: unknown };
  const type = (managed as { readonly type?: unknown } | undefined)?.type;
  return {
    name: typeof name === "string" ? name : undefined,
    type: typeof type === "string" ? type : undefined,
    isManaged: managed !== undefined,
  };
}

function hasLogSourceFile(
  listing: { readonly files: readonly string[]; readonly folders: readonly string[] },
  folder: string,
  problems: LoadContext["findings"]["problems"],
): boolean {
  const { files, folders } = listing;
  if (files.includes(FILE_NAME) || folders.includes(FILE_NAME)) return true;
  const misspelled = files.find((name) => /^log[_-]?sources?\.ya?ml$/i.test(name));
  if (misspelled !== undefined) {
    const message = `the file must be called ${FILE_NAME}`;
    problems.push({ file: `${folder}/${misspelled}`, line: 1, column: 1, message });
  } else if (files.length + folders.length > 0) {
    const message = "the file does not exist, but its folder does: every log source needs it";
    problems.push({ file: `${folder}/${FILE_NAME}`, line: 1, column: 1, message });
  }
  return false;
}

/** True for a log source that is none of ours: Matano's other types and unmanaged ones, which only are warned of. */
function isForeign(context: LoadContext, yaml: YamlFile, head: Head): boolean {
  const { problems, warnings } = context.findings;
  const { file } = yaml;
  const type = head.type?.toLowerCase();
  // An unknown type is a slip of the pen, to be reported with the rest of the file.
  if (type !== undefined && !MATANO_SOURCE_TYPES.has(type)) return false;
  const isUnmanaged = !head.isManaged && head.name !== undefined && !/^duo(_|$)/i.test(head.name);
  if (type === undefined && !isUnmanaged) return false;
  if (head.name === undefined) problems.push({ file, ...yaml.valueAt([]), message: "name is missing" });
  const what = type === undefined ? "is not a managed log source" : `is of the type ${type.toUpperCase()}`;
  const message = `${JSON.stringify(head.name ?? "?")} ${what} and is left out: only Duo is pulled`;
  warnings.push({ file, ...yaml.valueAt(type === undefined ? [] : ["managed", "type"]), message });
  return true;
}

function warnDoubts(context: LoadContext, yaml: YamlFile, file: LogSourceFile): void {
  const { findings } = context;
  warnIgnored(yaml, file, findings);
  const doubt = integrationKeyDoubt(file.managed.properties.integration_key);
  if (doubt === undefined) return;
  const position = yaml.valueAt(["managed", "properties", "integration_key"]);
  findings.warnings.push({ file: yaml.file, ...position, message: `integration_key ${doubt}` });
}

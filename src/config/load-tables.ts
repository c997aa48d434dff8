import type { Column } from "../core/columns.ts";
import { addedColumns } from "./added-columns.ts";
import type { AddedColumns } from "./added-columns.ts";
import { checkValue } from "./check-value.ts";
import { closestName } from "./closest-name.ts";
import { keepOrigin } from "./column-place.ts";
import type { TableConfig } from "./config.ts";
import type { CommonKeys, MetaSection } from "./definitions/shared-keys.ts";
import { tableDefinition } from "./definitions/table-definition.ts";
import type { EcsFields } from "./ecs-fields.ts";
import { listFolder } from "./list-folder.ts";
import type { Findings } from "./problem.ts";
import { readYamlFile } from "./read-yaml-file.ts";
import { tableColumns } from "./table-columns.ts";
import { warnIgnored } from "./warn-ignored.ts";
import type { YamlFile } from "./yaml-file.ts";

/** A table of the registry, as much as configuration needs of it. */
export interface KnownTable {
  readonly name: string;
  readonly columns: () => readonly Column[];
}

/** What every step of reading a directory needs. */
export interface LoadContext {
  readonly dir: string;
  /** In the order of the registry. */
  readonly tables: readonly KnownTable[];
  readonly ecs: EcsFields;
  readonly findings: Findings;
}

/** The log source that the tables belong to; what it says holds for each of them. */
export interface TableParent {
  readonly folder: string;
  readonly name: string;
  readonly added: AddedColumns;
  readonly meta: MetaSection | undefined;
}

interface TableFileRead {
  readonly yaml: YamlFile;
  readonly keys: CommonKeys;
}

/** Reads the files in `tables/` of a log source: a table exists when its file does. In the registry's order. */
export async function loadTables(context: LoadContext, parent: TableParent): Promise<readonly TableConfig[]> {
  const { dir, ecs, findings } = context;
  const folder = `${parent.folder}/tables`;
  const listing = await listFolder(dir, folder, findings.problems);
  const found = new Map<string, TableFileRead>();
  for (const fileName of listing?.files ?? []) {
    const file = `${folder}/${fileName}`;
    if (/\.yaml$/i.test(fileName)) {
      const message = `the file must be called ${fileName.replace(/\.yaml$/i, ".yml")}`;
      findings.problems.push({ file, line: 1, column: 1, message });
    }
    if (!fileName.endsWith(".yml")) continue;
    const yaml = await readYamlFile(dir, file, findings.problems);
    if (yaml === undefined) continue;
    const keys = checkValue(yaml, tableDefinition, findings.problems) ?? {};
    const name = tableName(context, yaml, fileName.slice(0, -".yml".length));
    if (name !== undefined) addTable(found, name, { yaml, keys }, findings);
  }
  return context.tables.flatMap((table): TableConfig[] => {
    const read = found.get(table.name);
    if (read === undefined) return [];
    const added = addedColumns(read.yaml, { ecs, problems: findings.problems });
    warnIgnored(read.yaml, read.keys, findings);
    const own = { name: table.name, columns: table.columns() };
    const config: TableConfig = {
      name: table.name,
      resolvedName: `${parent.name}_${table.name}`,
      columns: tableColumns(own, [parent.added, added], findings.problems),
      ...metaOf(parent.meta, read.keys.meta),
    };
    keepOrigin(config, { file: read.yaml.file, added: [parent.added, added] });
    return [config];
  });
}

/** The name inside the file, else the file's own; `undefined` where there is no such table, which is a problem. */
function tableName(context: LoadContext, yaml: YamlFile, fileStem: string): string | undefined {
  const known = context.tables.map((table) => table.name);
  const written = (yaml.value as { readonly name?: unknown } | undefined)?.name;
  // Anything but text was reported with the rest of the file.
  if (written !== undefined && typeof written !== "string") return undefined;
  const name = written ?? fileStem;
  const at = { file: yaml.file, ...yaml.valueAt(written === undefined ? [] : ["name"]) };
  if (!known.includes(name)) {
    const meant = closestName(name, known);
    const hint = meant === undefined ? "" : `, did you mean ${meant}?`;
    const message = `there is no Duo table ${JSON.stringify(name)}${hint} (known: ${known.join(", ")})`;
    context.findings.problems.push({ ...at, message });
    return undefined;
  }
  if (name !== fileStem && known.includes(fileStem)) {
    const message = `the table ${fileStem} cannot be called ${name}: its name is fixed`;
    context.findings.problems.push({ ...at, message });
    return undefined;
  }
  return name;
}

function addTable(
  found: Map<string, TableFileRead>,
  name: string,
  read: TableFileRead,
  findings: Findings,
): void {
  const first = found.get(name);
  if (first === undefined) {
    found.set(name, read);
    return;
  }
  const { file, valueAt } = read.yaml;
  const message = `the table ${name} is already defined in ${first.yaml.file}`;
  findings.problems.push({ file, ...valueAt(["name"]), message });
}

function metaOf(source: MetaSection | undefined, table: MetaSection | undefined): Pick<TableConfig, "meta"> {
  const displayName = table?.display_name ?? source?.display_name;
  const description = table?.description ?? source?.description;
  if (displayName === undefined && description === undefined) return {};
  return {
    meta: {
      ...(displayName === undefined ? {} : { displayName }),
      ...(description === undefined ? {} : { description }),
    },
  };
}

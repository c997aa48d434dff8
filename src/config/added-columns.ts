import type { Column } from "../core/columns.ts";
import { closestEcsName, ecsColumn } from "./ecs-column.ts";
import type { EcsFields } from "./ecs-fields.ts";
import { fieldColumns } from "./field-columns.ts";
import type { ConfigProblem, Position } from "./problem.ts";
import type { YamlFile } from "./yaml-file.ts";

/** The columns that one file adds to a table. */
export interface AddedColumns {
  readonly file: string;
  readonly ecs: readonly Column[];
  readonly fields: readonly Column[];
  /** Where the type of a column of `fields` stands, by dotted path. */
  readonly fieldAt: (path: string) => Position;
  /** Where `fields` or `ecs_field_names` bring the column of just this dotted path; undefined where neither does. */
  readonly columnAt: (path: string) => Position | undefined;
}

/**
 * Reads the `schema` section of a log source or a table.
 *
 * The shape of the section is checked with the whole file; what has the wrong shape is passed over here.
 */
export function addedColumns(
  yaml: YamlFile,
  options: { readonly ecs: EcsFields; readonly problems: ConfigProblem[] },
): AddedColumns {
  const { ecs, problems } = options;
  const { file } = yaml;
  const schema = (yaml.value as { readonly schema?: Schema } | undefined)?.schema;
  const names = schema?.ecs_field_names;
  const ecsColumns = (Array.isArray(names) ? names : []).flatMap((name: unknown, i) => {
    // The time column stands in every table; `@timestamp` is its name in ECS.
    if (typeof name !== "string" || name === "ts" || name === "@timestamp") return [];
    const column = ecsColumn(ecs, name);
    if (column !== undefined) return [column];
    const position = yaml.valueAt(["schema", "ecs_field_names", i]);
    problems.push({ file, ...position, message: unknownName(ecs, name) });
    return [];
  });
  const { columns, written } = fieldColumns(schema?.fields, ecs, (path, message) => {
    problems.push({ file, ...yaml.valueAt(path), message });
  });
  return {
    file,
    ecs: ecsColumns,
    fields: columns,
    fieldAt: (path) => yaml.valueAt(written.get(path) ?? ["schema", "fields"]),
    columnAt: (path) => {
      const at = written.get(path);
      if (at !== undefined) return yaml.valueAt(at);
      const index = Array.isArray(names) ? names.indexOf(path) : -1;
      return index === -1 ? undefined : yaml.valueAt(["schema", "ecs_field_names", index]);
    },
  };
}

interface Schema {
  readonly ecs_field_names?: unknown;
  readonly fields?: unknown;
}

function unknownName(ecs: EcsFields, name: string): string {
  const text = JSON.stringify(name.slice(0, 100));
  const meant = closestEcsName(ecs, name.slice(0, 100));
  const hint = meant === undefined ? "a column of your own belongs in fields" : `did you mean ${meant}?`;
  return `${text} is not a field of the Elastic Common Schema: ${hint}`;
}

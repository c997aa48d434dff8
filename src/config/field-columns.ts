import type { Column, ColumnType } from "../core/columns.ts";
import { primitiveType, typeNameProblem } from "./column-type-name.ts";
import { COLUMN_NAME_PATTERN } from "./definitions/field-definition.ts";
import type { EcsFields } from "./ecs-fields.ts";
import { typeText } from "./type-text.ts";
import type { ValuePath } from "./yaml-file.ts";

/** The columns that `schema.fields` declares. */
export interface FieldColumns {
  readonly columns: readonly Column[];
  /** Dotted path of a column -> where its type stands. */
  readonly written: ReadonlyMap<string, ValuePath>;
}

interface Level {
  readonly at: ValuePath;
  /** The dotted path of the struct around, empty at the top. */
  readonly path: string;
  /** False inside a column that ECS does not know: nothing in there can be an ECS field. */
  readonly inEcs: boolean;
}

/**
 * Makes columns of the value of `schema.fields`.
 *
 * What `fieldDefinition` refuses is passed over, so that both kinds of problems show at once. `report` is called
 * for a name used twice, for `ts` and for what ECS defines already; those columns are left out too.
 */
export function fieldColumns(
  fields: unknown,
  ecs: EcsFields,
  report: (path: ValuePath, message: string) => void,
): FieldColumns {
  const written = new Map<string, ValuePath>();

  function columnsOf(definitions: unknown, level: Level): readonly Column[] {
    if (!Array.isArray(definitions)) return [];
    const seen = new Set<string>();
    return definitions.flatMap((definition: unknown, i): readonly Column[] => {
      const { name, type, doc } = (definition ?? {}) as { name?: unknown; type?: unknown; doc?: unknown };
      if (typeof name !== "string" || !COLUMN_NAME_PATTERN.test(name)) return [];
      const path = level.path === "" ? name : `${level.path}.${name}`;
      const at = [...level.at, i];
      const ecsType = level.inEcs ? ecs.lookup(path) : undefined;
      const problem = seen.has(name) ? `the column ${path} is written twice` : refusal(path, type, ecsType);
      seen.add(name);
      if (problem !== undefined) {
        report([...at, "name"], problem);
        return [];
      }
      const inner = { at: [...at, "type"], path, inEcs: ecsType !== undefined };
      const columnType = typeOf(type, inner);
      if (columnType === undefined) return [];
      if (!written.has(path)) written.set(path, inner.at);
      return [{ name, type: columnType, ...(typeof doc === "string" ? { doc } : {}) }];
    });
  }

  function typeOf(type: unknown, level: Level): ColumnType | undefined {
    if (typeof type === "string")
      return typeNameProblem(type) === undefined ? primitiveType(type) : undefined;
    if (isComposite(type, "struct")) {
      const inner = { ...level, at: [...level.at, "fields"] };
      return { type: "struct", fields: columnsOf(type.fields, inner) };
    }
    if (!isComposite(type, "list")) return undefined;
    const element = typeOf(type.element, { ...level, at: [...level.at, "element"], inEcs: false });
    return element === undefined ? undefined : { type: "list", element };
  }

  return { columns: columnsOf(fields, { at: ["schema", "fields"], path: "", inEcs: true }), written };
}

function isComposite(
  type: unknown,
  kind: "struct" | "list",
): type is { readonly fields?: unknown; readonly element?: unknown } {
  return typeof type === "object" && type !== null && (type as { readonly type?: unknown }).type === kind;
}

function refusal(path: string, type: unknown, ecsType: ColumnType | undefined): string | undefined {
  if (path === "ts") return "ts is every table's time column and cannot be defined";
  if (ecsType === undefined) return undefined;
  const isGroup = typeof ecsType === "object" && ecsType.type === "struct";
  if (isGroup && isComposite(type, "struct")) return undefined;
  const what = isGroup ? "a group of fields" : `a field (${typeText(ecsType)})`;
  return `${path} is ${what} of the Elastic Common Schema: name it in ecs_field_names instead`;
}

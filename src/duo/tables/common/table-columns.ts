import { walkLeaves, type Column, type ColumnType } from "../../../core/columns.ts";
import { DESCRIPTIONS } from "../../../ecs/descriptions.ts";
import { ecsType } from "../../../ecs/fields.ts";
import { nestColumns } from "./nest-columns.ts";

/** The columns of a table as its folder declares them; `ts`, `labels` and `tags` are in every table. */
export interface TableColumns {
  /** False for tables that Matano does not have. */
  readonly inMatano: boolean;
  /** Columns of Duo's own fields, with dotted names. */
  readonly duo: readonly Column[];
  /** Names of ECS fields; their types come from ECS. */
  readonly ecs: readonly string[];
  /** What duolake fills beyond Matano's columns. */
  readonly added: { readonly duo: readonly Column[]; readonly ecs: readonly string[] };
}

/** The identity of the event; the pipeline fills it in every table. */
const ADDED_EVERYWHERE: readonly string[] = ["event.hash"];

/**
 * Gives a table's columns nested, in Matano's order: `ts`, Duo's own fields, `labels`, `tags`, the ECS fields as
 * named; what duolake adds stands behind, inside the structs it shares.
 *
 * @throws RangeError when the declaration names an ECS field that does not exist
 */
export function tableColumns(declared: TableColumns): readonly Column[] {
  return nestColumns([
    ...ecsLeaves(["ts"]),
    ...declared.duo,
    ...ecsLeaves(["labels", "tags", ...declared.ecs]),
    ...declared.added.duo,
    ...ecsLeaves([...declared.added.ecs, ...ADDED_EVERYWHERE]),
  ]);
}

/** The dotted names of the leaves that Matano's table of the same name does not have. */
export function addedNames(declared: TableColumns): ReadonlySet<string> {
  const added = ecsLeaves([...declared.added.ecs, ...ADDED_EVERYWHERE]);
  const own = declared.inMatano
    ? []
    : [...declared.duo, ...ecsLeaves(["ts", "labels", "tags", ...declared.ecs])];
  return new Set([...own, ...declared.added.duo, ...added].map((column) => column.name));
}

function ecsLeaves(names: readonly string[]): Column[] {
  const leaves: Column[] = [];
  for (const name of names) {
    walkLeaves([{ name, type: ecsTypeOf(name) }], (path, column) => {
      leaves.push(describe(path, column.type));
    });
  }
  return leaves;
}

function ecsTypeOf(name: string): ColumnType {
  const type = ecsType(name);
  if (type === undefined) throw new RangeError(`Cannot declare column: ECS has no such field, got ${name}`);
  return type;
}

function describe(name: string, type: ColumnType): Column {
  const doc = DESCRIPTIONS[name];
  return doc === undefined ? { name, type } : { name, type, doc };
}

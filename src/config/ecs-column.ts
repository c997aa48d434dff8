import type { Column, ColumnType } from "../core/columns.ts";
import { closestName } from "./closest-name.ts";
import type { EcsFields } from "./ecs-fields.ts";

/**
 * Gives the column that an ECS name stands for, from its outermost group on; undefined for an unknown name.
 *
 * A name of a group takes the whole group; a name that passes through a list is followed into its elements.
 */
export function ecsColumn(ecs: EcsFields, name: string): Column | undefined {
  const [top = "", ...rest] = name.split(".");
  const whole = ecs.lookup(top);
  const type = whole === undefined ? undefined : only(whole, rest);
  return type === undefined ? undefined : { name: top, type };
}

function only(type: ColumnType, path: readonly string[]): ColumnType | undefined {
  const [name, ...rest] = path;
  if (name === undefined) return type;
  if (typeof type === "string") return undefined;
  if (type.type === "list") {
    const element = only(type.element, path);
    return element === undefined ? undefined : { type: "list", element };
  }
  const field = type.fields.find((candidate) => candidate.name === name);
  const inner = field === undefined ? undefined : only(field.type, rest);
  return field === undefined || inner === undefined
    ? undefined
    : { type: "struct", fields: [{ ...field, type: inner }] };
}

/** The ECS field or group that was probably meant. */
export function closestEcsName(ecs: EcsFields, name: string): string | undefined {
  const known = new Set<string>();
  for (const leaf of ecs.names()) {
    for (let dot = leaf.indexOf("."); dot !== -1; dot = leaf.indexOf(".", dot + 1))
      known.add(leaf.slice(0, dot));
    known.add(leaf);
  }
  return closestName(name, known);
}

import type { Column } from "../../../core/columns.ts";

/**
 * Nests columns with dotted names: names with an equal beginning share one struct, which stands where the first
 * of them stood. A name given twice is taken once.
 */
export function nestColumns(leaves: readonly Column[], prefix = ""): readonly Column[] {
  const groups = new Map<string, Column[]>();
  for (const leaf of leaves) {
    const rest = leaf.name.slice(prefix.length);
    const name = rest.slice(0, rest.includes(".") ? rest.indexOf(".") : undefined);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [leaf]);
    else group.push(leaf);
  }
  const columns: Column[] = [];
  for (const [name, group] of groups) {
    const [first] = group as [Column];
    if (first.name === prefix + name) columns.push({ ...first, name });
    else columns.push({ name, type: { type: "struct", fields: nestColumns(group, `${prefix}${name}.`) } });
  }
  return columns;
}

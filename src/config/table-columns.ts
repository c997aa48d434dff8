import type { Column } from "../core/columns.ts";
import type { AddedColumns } from "./added-columns.ts";
import { mergeColumns, withoutEmptyStructs } from "./merge-columns.ts";
import type { ConfigProblem } from "./problem.ts";
import { takeDocs } from "./take-docs.ts";
import { typeText } from "./type-text.ts";

/**
 * Gives a table's columns: its own first and in their order, then what the directory adds.
 *
 * Every level adds to the one before, none replaces it. ECS names follow the table where both know a
 * column, but a description that comes with the name wins; a field of the user's own with another type
 * is a problem, reported where it is defined.
 *
 * @param added the log source's, then the table's
 */
export function tableColumns(
  table: { readonly name: string; readonly columns: readonly Column[] },
  added: readonly AddedColumns[],
  problems: ConfigProblem[],
): readonly Column[] {
  let { columns } = table;
  for (const { ecs } of added) {
    for (const column of ecs) columns = takeDocs(mergeColumns(columns, [column]).columns, [column]);
  }
  for (const { file, fields, fieldAt } of added) {
    const merged = mergeColumns(columns, fields);
    ({ columns } = merged);
    for (const { path, base, added: wanted } of merged.conflicts) {
      const message = `${path} cannot be ${typeText(wanted)}: in the table ${table.name} it is ${typeText(base)}`;
      problems.push({ file, ...fieldAt(path), message });
    }
  }
  return withoutEmptyStructs(columns);
}

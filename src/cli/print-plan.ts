import { CHANGE_KINDS, type PlannedChange } from "../deploy/plan-changes.ts";
import type { Io } from "./io.ts";
import { textTable } from "./text-table.ts";

/** Prints what a deployment would do, grouped by kind. */
export function printPlan(changes: readonly PlannedChange[], io: Io): void {
  for (const kind of CHANGE_KINDS) {
    const some = changes.filter((change) => change.kind === kind);
    if (some.length === 0) continue;
    io.out(`${kind} (${some.length}):\n`);
    const rows = some.map(({ logicalId, type, properties, mayReplace }) => [
      "",
      logicalId,
      type.replace(/^AWS::/, ""),
      [...properties, ...(mayReplace ? ["(may be made anew)"] : [])].join(", "),
    ]);
    io.out(textTable([{ title: "" }, { title: "" }, { title: "" }, { title: "" }], rows));
  }
}

/** One change in the documented shape (docs/cli-json.md). */
export function changeJson(change: PlannedChange): Record<string, unknown> {
  const { kind, logicalId, type, physicalId, properties, mayReplace } = change;
  return {
    kind,
    logical_id: logicalId,
    type,
    physical_id: physicalId ?? null,
    properties,
    may_replace: mayReplace,
  };
}

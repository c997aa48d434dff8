import type { Clock } from "../core/clock.ts";
import type { Column } from "../core/columns.ts";
import { DuolakeError } from "../core/errors.ts";
import { retryDelayMs } from "./append/backoff.ts";
import type { Catalog, Loaded } from "./catalog/catalog.ts";
import { CommitConflict, CommitUnknown } from "./catalog/catalog.ts";
import { type ColumnConflict, planEvolution } from "./spec/plan-evolution.ts";

const ATTEMPT_COUNT_MAX = 10;

/**
 * Commits the columns that a table lacks; the base itself where none is missing. Merging again what is already
 * there changes nothing, so a conflict and a lost answer are both met by reloading and merging again.
 *
 * @throws lake_schema_conflict, lake_format_unsupported naming every column that cannot be as wanted; lake_commit_conflict
 */
export async function evolveTable(
  tools: { readonly catalog: Catalog; readonly clock: Clock },
  options: { readonly base: Loaded; readonly columns: readonly Column[] },
): Promise<Loaded> {
  let base = options.base;
  for (let attempt = 0; attempt < ATTEMPT_COUNT_MAX; attempt += 1) {
    const { metadata } = base;
    const { schema, lastColumnId, conflicts } = planEvolution(metadata, options.columns);
    if (conflicts.length > 0) throw refusal(base.name, conflicts);
    if (schema === undefined) return base;
    try {
      return await tools.catalog.commit(
        base,
        [
          { type: "assert-table-uuid", uuid: metadata["table-uuid"] },
          { type: "assert-current-schema-id", "current-schema-id": metadata["current-schema-id"] },
          { type: "assert-last-assigned-field-id", "last-assigned-field-id": metadata["last-column-id"] },
        ],
        [
          { action: "add-schema", schema, "last-column-id": lastColumnId },
          { action: "set-current-schema", "schema-id": -1 },
        ],
      );
    } catch (error) {
      if (!(error instanceof CommitConflict || error instanceof CommitUnknown)) throw error;
    }
    await tools.clock.sleep(retryDelayMs(attempt));
    base = (await tools.catalog.load(base.name)) ?? base;
  }
  throw new DuolakeError(
    "lake_commit_conflict",
    `Cannot add columns to table ${base.name}: other commits were first every time, got ${ATTEMPT_COUNT_MAX} conflicts`,
    { retryable: true },
  );
}

/** One error for all conflicts of a table; nothing was written. */
function refusal(table: string, conflicts: readonly ColumnConflict[]): DuolakeError {
  const code = conflicts.some((conflict) => conflict.code === "lake_schema_conflict")
    ? "lake_schema_conflict"
    : "lake_format_unsupported";
  const reasons = conflicts.map(({ path, reason }) => `column ${path}: ${reason}`);
  return new DuolakeError(code, `Cannot write to table ${table} with these columns: ${reasons.join("; ")}`);
}

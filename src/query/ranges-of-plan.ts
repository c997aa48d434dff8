import type { TsRange } from "../lake/lake.ts";
import { instantOf, instantUs } from "../lake/spec/instant.ts";

/** A node of DuckDB's `EXPLAIN (FORMAT json)`, as much of it as is looked at. */
export interface PlanNode {
  readonly name: string;
  readonly children?: readonly PlanNode[];
  readonly extra_info?: Readonly<Record<string, unknown>>;
}

const SCAN = "SEQ_SCAN";
const TABLE_PREFIX = "memory.main.";
const CONDITION = /ts(>=|<=|!=|>|<|=)'([^']*)'::TIMESTAMP WITH TIME ZONE/y;
const AND = " AND ";
/** What DuckDB adds for its own use to conditions that hold anyway; it comes last. */
const ADDED = /^(?:optional: |\(ts IS NOT NULL\)$)/;
/** `now()` is later when the question is asked in earnest than when it was planned. */
const PLANNED_BEFORE_US_MAX = 60_000_000;

/**
 * Tells which stretch of `ts` a plan reads of each table, by the conditions that DuckDB gave to its scans; pure.
 *
 * Whatever is not understood bounds nothing: a file too many costs time, a file too few hides rows. A table that is scanned more
 * than once needs what any of its scans needs.
 *
 * @returns by the name of the table; without an entry nothing bounds it
 */
export function rangesOfPlan(roots: readonly PlanNode[]): ReadonlyMap<string, TsRange> {
  const ranges = new Map<string, TsRange>();
  const visit = (node: PlanNode): void => {
    const table = node.extra_info?.["Table"];
    if (node.name.trim() === SCAN && typeof table === "string" && table.startsWith(TABLE_PREFIX)) {
      const name = table.slice(TABLE_PREFIX.length);
      const range = rangeOf(node.extra_info?.["Filters"]);
      const before = ranges.get(name);
      ranges.set(name, before === undefined ? range : hull(before, range));
    }
    node.children?.forEach(visit);
  };
  roots.forEach(visit);
  return ranges;
}

/** Each text is what was pushed down for one column; only one that is understood to its end counts. */
function rangeOf(filters: unknown): TsRange {
  const texts: readonly unknown[] = Array.isArray(filters) ? filters : [filters];
  const known = texts.flatMap((text) => (typeof text === "string" ? (conditionsOf(text) ?? []) : []));
  const lower = known.flatMap(({ operator, us }) => (/^[>=]/.test(operator) ? [us] : []));
  const upper = known.flatMap(({ operator, us }) => (/^[<=]/.test(operator) ? [us] : []));
  return {
    ...(lower.length > 0 && { fromUs: Math.max(...lower) }),
    ...(upper.length > 0 && { toUs: Math.min(...upper) + PLANNED_BEFORE_US_MAX }),
  };
}

interface Condition {
  readonly operator: string;
  readonly us: number;
}

function conditionsOf(text: string): readonly Condition[] | undefined {
  const conditions: Condition[] = [];
  for (let at = 0; at < text.length;) {
    CONDITION.lastIndex = at;
    const [whole = "", operator = "", literal = ""] = CONDITION.exec(text) ?? [];
    const instant = instantOf(literal);
    const us = instant === undefined ? Number.NaN : Number(instantUs(instant));
    if (!Number.isSafeInteger(us)) return undefined;
    conditions.push({ operator, us });
    at += whole.length;
    if (at === text.length) return conditions;
    if (!text.startsWith(AND, at)) return undefined;
    at += AND.length;
    if (ADDED.test(text.slice(at))) return conditions;
  }
  return undefined;
}

function hull(a: TsRange, b: TsRange): TsRange {
  const { fromUs, toUs } = a;
  return {
    ...(fromUs !== undefined && b.fromUs !== undefined && { fromUs: Math.min(fromUs, b.fromUs) }),
    ...(toUs !== undefined && b.toUs !== undefined && { toUs: Math.max(toUs, b.toUs) }),
  };
}

import { createHash } from "node:crypto";

import type { LogRow } from "./dataset/timeline.ts";
import type { StreamName, StreamSpec } from "./streams.ts";

/** A rule that lets a share of rows become visible later than usual. */
export interface LateRule {
  /** Undefined for all streams. */
  readonly stream: StreamSpec | undefined;
  /** Undefined for all accounts. */
  readonly accountId: string | undefined;
  /** Which part of the rows is late, 0 to 1; the seed decides which rows. */
  readonly share: number;
  readonly lateByMs: number;
  /** Rows older than this are left alone, because they may have been read already. */
  readonly fromMs: number;
}

/** A log of one account. */
export interface AccountStream {
  readonly stream: StreamName;
  readonly accountId: string;
}

/** The rules in force. */
export interface LateRows {
  readonly add: (rule: LateRule) => void;
  readonly clear: () => void;
  readonly lateByMs: (log: AccountStream, row: LogRow) => number;
  /** True when rows older than `endMs` may be late. */
  readonly touches: (log: AccountStream, endMs: number) => boolean;
}

/** Makes an empty set of rules; of several that hit a row the first decides. */
export function createLateRows(seed: number): LateRows {
  const rules: LateRule[] = [];
  // Asked again for each row of each page as long as there is a rule.
  const fractions = new WeakMap<LogRow, number>();
  const fractionOfRow = (row: LogRow): number => {
    const known = fractions.get(row) ?? fractionOf(`${seed}/late/${row.id}`);
    fractions.set(row, known);
    return known;
  };
  const applies = (rule: LateRule, { stream, accountId }: AccountStream): boolean =>
    (rule.stream === undefined || rule.stream.name === stream) &&
    (rule.accountId === undefined || rule.accountId === accountId);
  return {
    add: (rule) => {
      rules.push(rule);
    },
    clear: () => {
      rules.length = 0;
    },
    lateByMs: (log, row) => {
      if (rules.length === 0) return 0;
      const rule = rules.find((one) => applies(one, log) && row.ms >= one.fromMs);
      return rule && fractionOfRow(row) < rule.share ? rule.lateByMs : 0;
    },
    touches: (log, endMs) => rules.some((rule) => applies(rule, log) && endMs > rule.fromMs),
  };
}

/** A number in [0, 1) that depends on nothing but the text. */
function fractionOf(text: string): number {
  return createHash("sha256").update(text).digest().readUInt32BE(0) / 4294967296;
}

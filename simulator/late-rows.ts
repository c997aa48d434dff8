import { createHash } from "node:crypto";

import type { LogRow } from "./dataset/timeline.ts";
import type { StreamName, StreamSpec } from "./streams.ts";

/** A rule that lets a share of rows become visible later than usual. */
export interface LateRule {
  /** Undefined for all streams. */
  readonly stream: StreamSpec | undefined;
  /** Which part of the rows is late, 0 to 1; the seed decides which rows. */
  readonly share: number;
  readonly lateByMs: number;
  /** Rows older than this are left alone, because they may have been read already. */
  readonly fromMs: number;
}

/** The rules in force. */
export interface LateRows {
  readonly add: (rule: LateRule) => void;
  readonly clear: () => void;
  readonly lateByMs: (stream: StreamName, row: LogRow) => number;
  /** True when rows older than `endMs` may be late. */
  readonly touches: (stream: StreamName, endMs: number) => boolean;
}

/** Makes an empty set of rules; of several that hit a row the first decides. */
export function createLateRows(seed: number): LateRows {
  const rules: LateRule[] = [];
  const applies = (rule: LateRule, stream: StreamName): boolean =>
    rule.stream === undefined || rule.stream.name === stream;
  return {
    add: (rule) => {
      rules.push(rule);
    },
    clear: () => {
      rules.length = 0;
    },
    lateByMs: (stream, row) => {
      if (rules.length === 0) return 0;
      const rule = rules.find((one) => applies(one, stream) && row.ms >= one.fromMs);
      return rule && fractionOf(`${seed}/late/${row.id}`) < rule.share ? rule.lateByMs : 0;
    },
    touches: (stream, endMs) => rules.some((rule) => applies(rule, stream) && endMs > rule.fromMs),
  };
}

/** A number in [0, 1) that depends on nothing but the text. */
function fractionOf(text: string): number {
  return createHash("sha256").update(text).digest().readUInt32BE(0) / 4294967296;
}

import { isJsonObject, type Json, parseJson, stringifyJson } from "../core/json.ts";
import type { Gap, GapReason } from "../duo/page.ts";

// A property is rewritten with each commit; beyond this the oldest gaps give way.
const GAP_COUNT_MAX = 100;

/**
 * Adds gaps to the text of the lane's property; pure. They are kept in the lake so that every reader learns of them.
 *
 * @returns the new text, and which of the gaps were not listed before
 */
export function addGaps(
  text: string | undefined,
  gaps: readonly Gap[],
): { readonly text: string; readonly fresh: readonly Gap[] } {
  const listed = readGaps(text);
  const keys = new Set(listed.map(gapKey));
  const fresh = gaps.filter((gap) => !keys.has(gapKey(gap)));
  return { text: stringifyJson([...listed, ...fresh].slice(-GAP_COUNT_MAX).map(gapJson)), fresh };
}

/** Reads the property; what cannot be read is left out, for a gap is a notice and never a cursor. */
export function readGaps(text: string | undefined): readonly Gap[] {
  let value: Json;
  try {
    value = parseJson(text ?? "[]");
  } catch {
    return [];
  }
  if (!Array.isArray(value)) return [];
  return (value as readonly Json[]).flatMap((item) => {
    if (!isJsonObject(item)) return [];
    const { from, to, reason } = item;
    if (typeof from !== "string" || typeof to !== "string") return [];
    const fromMs = Date.parse(from);
    const toMs = Date.parse(to);
    return Number.isNaN(fromMs + toMs) ? [] : [{ fromMs, toMs, reason: reason as GapReason }];
  });
}

/** A gap as `--json` shows it and the lake keeps it. */
export function gapJson(gap: Gap): { readonly from: string; readonly to: string; readonly reason: string } {
  return {
    from: new Date(gap.fromMs).toISOString(),
    to: new Date(gap.toMs).toISOString(),
    reason: gap.reason,
  };
}

function gapKey(gap: Gap): string {
  return `${gap.fromMs} ${gap.toMs} ${gap.reason}`;
}

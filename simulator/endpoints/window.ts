import type { Range } from "../dataset/timeline.ts";
import { Refusal } from "../refusal.ts";
import { param } from "../request.ts";
import { retainedFromMs, type Call } from "./endpoint.ts";

/** Reads `mintime` and `maxtime` in milliseconds, as the v2 logs and Trust Monitor demand them. */
export function windowMs(call: Call): Range {
  const fromMs = milliseconds(call, "mintime");
  const toMs = milliseconds(call, "maxtime");
  if (fromMs >= toMs) throw new Refusal(40002, "maxtime");
  if (fromMs < retainedFromMs(call)) {
    throw new Refusal(40002, `mintime must be within the past ${call.settings.retentionDays} days`);
  }
  return { fromMs, toMs };
}

/** Reads `mintime` and `maxtime` in seconds; by default the last 30 days. */
export function windowSeconds(call: Call): Range & { readonly mintime: number; readonly maxtime: number } {
  const nowSeconds = Math.floor(call.nowMs / 1000);
  const mintime = seconds(call, "mintime") ?? nowSeconds - 30 * 86_400;
  const maxtime = seconds(call, "maxtime") ?? nowSeconds;
  if (mintime >= maxtime) throw new Refusal(40002, "maxtime");
  if (mintime * 1000 < retainedFromMs(call)) {
    throw new Refusal(40002, `mintime must be within the past ${call.settings.retentionDays} days`);
  }
  return { mintime, maxtime, fromMs: mintime * 1000, toMs: maxtime * 1000 + 999 };
}

/** Reads a parameter in seconds, if it was sent. */
export function seconds(call: Call, key: string): number | undefined {
  const text = param(call.request, key);
  if (text === undefined) return undefined;
  if (!/^\d{1,12}$/.test(text)) throw new Refusal(40002, `'${key}' must be a timestamp in seconds`);
  return Number(text);
}

/** Reads `limit`. */
export function limitOf(call: Call, { standard, max }: { standard: number; max: number }): number {
  const text = param(call.request, "limit");
  if (text === undefined) return standard;
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > max) throw new Refusal(40002, "limit");
  return limit;
}

function milliseconds(call: Call, key: string): number {
  const text = param(call.request, key);
  if (text === undefined || text === "") throw new Refusal(40001, key);
  if (!/^\d{13}$/.test(text)) throw new Refusal(40002, `'${key}' must be a timestamp in milliseconds`);
  return Number(text);
}

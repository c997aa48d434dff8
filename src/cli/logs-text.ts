import { isJsonObject, type Json, parseJson, stringifyJson } from "../core/json.ts";
import { formatInstant } from "./format.ts";

/** The levels of pino. */
const LEVELS: Readonly<Record<number, string>> = {
  10: "trace",
  20: "debug",
  30: "info",
  40: "warn",
  50: "error",
  60: "fatal",
};
const SHOWN_ELSEWHERE: ReadonlySet<string> = new Set(["level", "time", "msg"]);
/** What Lambda says of each invocation; a REPORT with a status is one that failed. */
const ROUTINE = /^(INIT_START|START|END) |^REPORT (?!.*\bStatus: )/s;

/** A line of a function's log. */
export interface LogLine {
  readonly atMs: number;
  readonly text: string;
}

/**
 * Shows a line of a function's log for people; pure.
 *
 * @param line JSON of pino, or text of Lambda itself
 * @param functionName `puller`
 * @returns undefined for lines of metrics and for what Lambda says of each invocation
 */
export function logText({ atMs, text }: LogLine, functionName: string): string | undefined {
  const value = objectOf(text);
  const head = `${formatInstant(atMs)} ${functionName}`;
  if (value === undefined) return ROUTINE.test(text) ? undefined : `${head} ${printable(text)}\n`;
  if (value["_aws"] !== undefined) return undefined;
  const level = LEVELS[Number(value["level"])] ?? "-";
  const fields = Object.entries(value)
    .filter(([key]) => !SHOWN_ELSEWHERE.has(key))
    .map(
      ([key, field]) =>
        `${key}=${typeof field === "string" && /^[\w.:/-]+$/.test(field) ? field : stringifyJson(field)}`,
    );
  const message = typeof value["msg"] === "string" ? value["msg"] : "";
  return `${[head, level.padEnd(5), printable(message), ...fields.map(printable)].join(" ").trimEnd()}\n`;
}

/** True for a line that names the log source; what Lambda itself says names none. Pure. */
export function namesSource(text: string, source: string): boolean {
  const value = objectOf(text);
  if (value === undefined) return false;
  const { sources } = value;
  return value["source"] === source || (Array.isArray(sources) && sources.includes(source));
}

function objectOf(text: string): Readonly<Record<string, Json>> | undefined {
  try {
    const value = parseJson(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Text of others must not steer the terminal. */
function printable(text: string): string {
  return text.replace(/[^\P{Cc}\t\n]/gu, "\ufffd");
}

import { compactJson } from "../../src/ecs/compact-json.ts";
import { wellFormed } from "../../src/ecs/well-formed.ts";
import { parseJson, type Json } from "../../src/core/json.ts";

/** Every text that a mapping may write without finding it in the event. */
const VOCABULARY: ReadonlySet<string> = new Set([
  "8.5.0",
  "duo",
  "event",
  "alert",
  "metric",
  "success",
  "failure",
  "unknown",
  "authentication",
  "iam",
  "configuration",
  "admin",
  "group",
  "user",
  "info",
  "creation",
  "change",
  "deletion",
  "access",
  "duo.admin",
  "duo.auth",
  "duo.offline_enrollment",
  "duo.summary",
  "duo.telephony",
  "duo.activity",
  "duo.trust_monitor",
  "{}",
  "[]",
]);
/** Columns that hold an instant, written in our own form, or the whole event. */
const OWN_FORM =
  /^(?:ts|event\.original|duo\.trust_monitor\.(?:bypass_status_enabled|state_updated_timestamp))$/;
const TAG = /^malformed:[a-z_.]+$/;

/** Lists every text of a row that is neither in the event nor in the fixed vocabulary of the mappings. */
export function unexplainedTexts(row: object, event: Json): string[] {
  const known = new Set<string>();
  collect(event, known);
  const all = [...known].join("\u{0}");
  const isKnown = (text: string): boolean =>
    VOCABULARY.has(text) || known.has(text) || all.includes(text) || TAG.test(text);
  const found: string[] = [];
  visit(row, "", (path, text) => {
    if (OWN_FORM.test(path) || isKnown(text) || text.split(/, |; /).every(isKnown)) return;
    found.push(`${path}: ${text}`);
  });
  return found;
}

function visit(value: unknown, path: string, call: (path: string, text: string) => void): void {
  if (typeof value === "string") call(path, value);
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const isItem = Array.isArray(value);
    visit(inner, isItem ? path : `${path}${path === "" ? "" : "."}${key}`, call);
  }
}

/** Collects values as texts, structures as compacted JSON, and the same of JSON documents inside texts. */
function collect(value: Json, known: Set<string>): void {
  if (typeof value === "object" && value !== null) {
    known.add(compactJson(wellFormed(value)) ?? "");
    for (const inner of Object.values(value)) collect(inner, known);
    return;
  }
  const text = wellFormed(String(value)) as string;
  known.add(text);
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return;
  try {
    collect(parseJson(value), known);
  } catch {
    // Not JSON after all.
  }
}

import { DuolakeError } from "../core/errors.ts";
import { isJsonObject, type Json, parseJson } from "../core/json.ts";

/**
 * Reads which log sources a message of the queue names: `{"sources":["duo"],"time":"…"}`; pure.
 *
 * @throws internal for a message of another shape: nobody but the template's rule and the dispatcher sends any
 */
export function pullMessage(body: string): readonly string[] {
  const value = parsed(body);
  const sources = isJsonObject(value) ? value["sources"] : undefined;
  if (Array.isArray(sources) && sources.length > 0 && sources.every((name) => typeof name === "string")) {
    return [...new Set(sources as readonly string[])];
  }
  throw new DuolakeError(
    "internal",
    `Cannot read the message: it must name log sources, got ${JSON.stringify(body.slice(0, 200))}`,
  );
}

function parsed(body: string): Json | undefined {
  try {
    return parseJson(body);
  } catch {
    return undefined;
  }
}

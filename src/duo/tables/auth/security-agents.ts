import { isJsonObject, type Json } from "../../../core/json.ts";
import { isPlaceholder } from "../../../ecs/is-placeholder.ts";
import { toText } from "../../../ecs/to-text.ts";
import { copyTexts, type Doc } from "../common/doc.ts";

const KEYS: readonly string[] = ["security_agent", "version"];

/**
 * Gives the security programs of a device. Duo sends null, the text `unknown`, a list of names, a list of
 * objects, or one of these alone; keys other than the two of the column are left out.
 *
 * @returns undefined when there is none
 */
export function readSecurityAgents(value: Json | undefined): readonly Doc[] | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "string" && isPlaceholder(value)) return undefined;
  const agents: Doc[] = [];
  for (const item of Array.isArray(value) ? (value as readonly Json[]) : [value]) {
    const agent = readAgent(item);
    if (agent !== undefined) agents.push(agent);
  }
  return agents.length === 0 ? undefined : agents;
}

function readAgent(item: Json): Doc | undefined {
  if (isJsonObject(item)) return copyTexts(item, KEYS);
  const name = toText(item);
  return name === undefined ? undefined : { security_agent: name };
}

import { isJsonObject, type Json } from "../../../core/json.ts";
import type { Tags } from "../../../ecs/tags.ts";
import { toBoolean } from "../../../ecs/to-boolean.ts";
import { toText } from "../../../ecs/to-text.ts";
import { copyTexts, put, unlessEmpty, type Doc } from "../common/doc.ts";

const TEXTS: readonly string[] = ["features_version", "model_version", "reason", "trust_level"];

/**
 * Gives Duo's two trust assessments of a sign-in, `more_secure_auth` and `remember_me`.
 *
 * @returns undefined when there is none; the editions without risk-based authentication send `{}` or nothing
 */
export function readAssessments(value: Json | undefined, tags: Tags): Doc | undefined {
  if (!isJsonObject(value)) return undefined;
  const doc: Doc = {};
  put(doc, "more_secure_auth", readAssessment(value["more_secure_auth"], "more_secure_auth", tags));
  put(doc, "remember_me", readAssessment(value["remember_me"], "remember_me", tags));
  return unlessEmpty(doc);
}

function readAssessment(value: Json | undefined, name: string, tags: Tags): Doc | undefined {
  if (!isJsonObject(value)) return undefined;
  const path = `adaptive_trust_assessments.${name}`;
  const doc = copyTexts(value, TEXTS) ?? {};
  put(doc, "detected_attack_detectors", readTexts(value["detected_attack_detectors"]));
  put(doc, "policy_enabled", toBoolean(value["policy_enabled"], `${path}.policy_enabled`, tags));
  const preview = toBoolean(value["preview_mode_enabled"], `${path}.preview_mode_enabled`, tags);
  put(doc, "preview_mode_enabled", preview);
  return unlessEmpty(doc);
}

/** A single value counts as a list of one. */
function readTexts(value: Json | undefined): readonly string[] | undefined {
  if (value === null || value === undefined) return undefined;
  const texts: string[] = [];
  for (const item of Array.isArray(value) ? (value as readonly Json[]) : [value]) {
    const text = toText(item);
    if (text !== undefined) texts.push(text);
  }
  return texts.length === 0 ? undefined : texts;
}

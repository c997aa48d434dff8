import { isJsonObject, type JsonObject } from "../../../core/json.ts";

/**
 * Gives the name of an activity's action: Duo's client documents `action` as text, its servers send an object.
 *
 * @returns undefined where there is none, or where it is no text
 */
export function actionName(event: JsonObject): string | undefined {
  const action = event["action"];
  const name = isJsonObject(action) ? action["name"] : action;
  return typeof name === "string" && name !== "" ? name : undefined;
}

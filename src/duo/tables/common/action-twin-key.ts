import type { Json } from "../../../core/json.ts";
import { twinKey } from "./twin-key.ts";

/** Actions that Duo's logs spell differently, and the spelling that stands for all of them in a key. */
const SPELLINGS: ReadonlyMap<string, string> = new Map([
  ["admin_rectivates_duo_push", "admin_reactivates_duo_push"],
  ["admin_factor_restrictions", "admin_factor_restrictions_update"],
  ["update_admin_factor_restrictions", "admin_factor_restrictions_update"],
]);

/** What both the v1 logs and the activity log tell of an action. */
export interface ToldAction {
  readonly times: readonly (Json | undefined)[];
  readonly action: Json | undefined;
  /** In the spelling of the v1 logs. */
  readonly actor: Json | undefined;
  readonly object: Json | undefined;
}

/**
 * Gives the twin key of an action: its second, name, actor and object.
 *
 * @returns undefined where the action has no name, too: such an event is nobody's twin
 */
export function actionTwinKey({ times, action, actor, object }: ToldAction): string | undefined {
  if (typeof action !== "string" || action === "") return undefined;
  return twinKey(times, [SPELLINGS.get(action) ?? action, actor, object]);
}

import { hasFailed } from "../common/has-failed.ts";
import { outcome } from "../../../ecs/outcome.ts";

/** How an action that manages identities begins, and the ECS type of what it manages. */
const IAM_PREFIXES: readonly (readonly [prefix: string, type: "admin" | "group" | "user"])[] = [
  ["admin_", "admin"],
  ["group_", "group"],
  ["user_", "user"],
  ["phone_", "user"],
  ["bypass_", "user"],
  ["webauthncredential_", "user"],
  ["u2ftoken_", "user"],
  ["device_change_", "user"],
  ["deregister_", "user"],
  ["o2fa_", "user"],
];

/** Words found anywhere in an action, and the ECS type that each one stands for; in this order. */
const VERBS: readonly (readonly [verb: RegExp, type: string])[] = [
  [/create/, "creation"],
  [/update|rename|edit/, "change"],
  [/delete|^deregister/, "deletion"],
  [/view/, "access"],
];

/**
 * Gives the ECS category and types of an action of the activity log. Its names differ from those of the
 * administrator log only in part, and new ones appear, so they are told by their words and not by list.
 */
export function classifyActivity(action: string): {
  readonly category: readonly string[];
  readonly type: readonly string[];
} {
  const object = IAM_PREFIXES.find(([prefix]) => action.startsWith(prefix))?.[1];
  const type: string[] = object === undefined ? [] : [object];
  for (const [verb, name] of VERBS) if (verb.test(action)) type.push(name);
  return {
    category: [object === undefined ? "configuration" : "iam"],
    type: type.length === 0 ? ["info"] : type,
  };
}

/** Duo leaves the outcome out where nothing can fail; then only the action's name can tell of a failure. */
export function activityOutcome(result: string | undefined, action: string): string {
  if (result !== undefined) return outcome(result);
  return hasFailed(action) ? "failure" : "success";
}

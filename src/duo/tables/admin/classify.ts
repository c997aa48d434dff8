import { hasFailed } from "../common/has-failed.ts";
import { ACTION_TYPES, IAM_ACTIONS, UNLISTED_PREFIXES } from "./actions.ts";

/** The ECS words for an action. */
export interface ActionClass {
  readonly category: readonly string[] | undefined;
  readonly type: readonly string[];
  readonly outcome: "success" | "failure";
}

/** Tested anywhere in the name, in this order. */
const VERBS: readonly (readonly [verb: string, type: string])[] = [
  ["create", "creation"],
  ["update", "change"],
  ["delete", "deletion"],
];

/**
 * Classifies an action of the administrator log: by list, else by how its name begins, and by the verbs in it.
 *
 * The types stand in the order admin, group, user, info, creation, change, deletion.
 */
export function classifyAction(action: string): ActionClass {
  const listed = listedType(action);
  const unlisted = listed === undefined ? unlistedType(action) : undefined;
  const object = listed ?? unlisted;
  const type = object === undefined ? [] : [object];
  for (const [verb, name] of VERBS) if (action.includes(verb)) type.push(name);
  const isIam = unlisted !== undefined || IAM_ACTIONS.has(action);
  return {
    category: isIam ? ["iam"] : undefined,
    type: type.length === 0 ? ["info"] : type,
    outcome: hasFailed(action) ? "failure" : "success",
  };
}

function listedType(action: string): string | undefined {
  if (ACTION_TYPES.admin.has(action)) return "admin";
  if (ACTION_TYPES.group.has(action)) return "group";
  if (ACTION_TYPES.user.has(action)) return "user";
  return ACTION_TYPES.info.has(action) ? "info" : undefined;
}

function unlistedType(action: string): string | undefined {
  return UNLISTED_PREFIXES.find(([prefix]) => action.startsWith(prefix))?.[1];
}

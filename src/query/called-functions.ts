import type { Json } from "../core/json.ts";

/** Names the functions that a question calls; pure. The question is a tree of `parseSql`. */
export function calledFunctions(tree: Json): readonly string[] {
  if (typeof tree !== "object" || tree === null) return [];
  return Object.entries(tree).flatMap(([key, value]) =>
    key === "function_name" && typeof value === "string" ? [value] : calledFunctions(value),
  );
}

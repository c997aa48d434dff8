import { isJsonObject, type Json, type JsonObject } from "../core/json.ts";

/** The nodes of a list in DuckDB's tree of a question (`parseSql`); none where there is no list. */
export function nodesOf(list: Json | undefined): readonly JsonObject[] {
  return Array.isArray(list) ? (list as readonly JsonObject[]) : [];
}

/** True for a list without items; a missing one is something that is not known here. */
export function isEmptyList(list: Json | undefined): boolean {
  return Array.isArray(list) && list.length === 0;
}

/** A member of a node that is a word; the empty one where it is none. */
export function wordOf(member: Json | undefined): string {
  return typeof member === "string" ? member : "";
}

/** The words of a reference to a column, in lower case; none where the node is something else. */
export function columnWords(node: Json | undefined): readonly string[] {
  if (!isJsonObject(node) || node["class"] !== "COLUMN_REF") return [];
  const { column_names: words } = node;
  return Array.isArray(words) ? words.map((word: Json) => wordOf(word).toLowerCase()) : [];
}

/** True where a node of the tree, or one below it, is one of those. */
export function hasNode(node: Json, isWanted: (node: JsonObject) => boolean): boolean {
  if (typeof node !== "object" || node === null) return false;
  if (isJsonObject(node) && isWanted(node)) return true;
  return Object.values(node).some((below) => hasNode(below, isWanted));
}

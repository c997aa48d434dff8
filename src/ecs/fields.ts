import type { ColumnType, PrimitiveType } from "../core/columns.ts";
import { TYPE_TREE } from "./type-tree.ts";

type Node = PrimitiveType | readonly [Node] | { readonly [name: string]: Node };

let tree: Node | undefined;
let names: readonly string[] | undefined;

/**
 * Gives the column type of a dotted ECS name.
 *
 * A leaf gives its type, an inner node (`source.geo`) the struct of everything below it. A name that passes
 * through a list of structs (`dns.answers.ttl`) is followed into the element and gives the type found there.
 * `@timestamp` is called `ts`.
 *
 * @returns undefined when ECS has no such field
 */
export function ecsType(name: string): ColumnType | undefined {
  let node: Node | undefined = root();
  for (const part of name.split(".")) node = node === undefined ? undefined : child(node, part);
  return node === undefined ? undefined : toType(node);
}

/** The dotted names of all ECS leaves, in alphabetical order of their groups; for suggestions. */
export function ecsNames(): readonly string[] {
  if (names === undefined) {
    const found: string[] = [];
    collect(root(), "", found);
    names = found;
  }
  return names;
}

function root(): Node {
  tree ??= JSON.parse(TYPE_TREE) as Node;
  return tree;
}

function child(node: Node, part: string): Node | undefined {
  const group = isList(node) ? node[0] : node;
  if (typeof group === "string" || isList(group)) return undefined;
  return Object.hasOwn(group, part) ? group[part] : undefined;
}

function toType(node: Node): ColumnType {
  if (typeof node === "string") return node;
  if (isList(node)) return { type: "list", element: toType(node[0]) };
  const fields = Object.entries(node).map(([name, inner]) => ({ name, type: toType(inner) }));
  return { type: "struct", fields };
}

function collect(node: Node, prefix: string, found: string[]): void {
  if (typeof node === "string" || isList(node)) {
    found.push(prefix);
    return;
  }
  for (const [name, inner] of Object.entries(node)) {
    collect(inner, prefix === "" ? name : `${prefix}.${name}`, found);
  }
}

function isList(node: Node): node is readonly [Node] {
  return Array.isArray(node);
}

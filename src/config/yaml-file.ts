import { isAlias, isMap, isScalar, isSeq } from "yaml";
import type { Alias, Document, Node } from "yaml";

import type { ConfigProblem, Position } from "./problem.ts";

/** Where something stands in a value: keys of mappings and places in lists. */
export type ValuePath = readonly PropertyKey[];

/** One file, parsed: its plain value and where each part of it was written. */
export interface YamlFile {
  /** Relative to the Matano directory, with `/`. */
  readonly file: string;
  /** Plain data; `undefined` where the file or a value is empty. Objects have no prototype. */
  readonly value: unknown;
  /** Where a value starts, or the nearest mapping or list around it where there is no such value. */
  readonly valueAt: (path: ValuePath) => Position;
  /** Where a key was written, or what `valueAt` gives where there is no such key. */
  readonly keyAt: (path: ValuePath) => Position;
  readonly hasKey: (path: ValuePath) => boolean;
}

/** A parsed document and how its offsets are told to people. */
export interface YamlSource {
  readonly file: string;
  readonly document: Document.Parsed;
  readonly position: (offset: number) => Position;
}

const depthMax = 64;
// An alias repeats what it names; nine levels of ten aliases would be a thousand million values.
const nodeCountMax = 20_000;

type Nodes = Node | null | undefined;

/**
 * Turns a document into plain data with positions; what YAML allows and configuration does not is a problem.
 *
 * @returns undefined where the document is too deep or too large to be looked at
 */
export function yamlFile(source: YamlSource, problems: ConfigProblem[]): YamlFile | undefined {
  const root: Nodes = source.document.contents;
  const plain = plainValue(source, root, problems);
  if (plain === undefined) return undefined;
  return {
    file: source.file,
    value: plain.value,
    valueAt: (path) => source.position(startOf(find(source.document, root, path).value)),
    keyAt: (path) => {
      const found = find(source.document, root, path);
      return source.position(startOf(found.key ?? found.value));
    },
    hasKey: (path) => find(source.document, root, path).whole,
  };
}

function startOf(node: Nodes): number {
  return node?.range?.[0] ?? 0;
}

function keyText(node: unknown): string | undefined {
  if (!isScalar(node)) return undefined;
  const { value, source } = node;
  if (typeof value === "string") return value;
  return source ?? JSON.stringify(value);
}

interface Found {
  readonly key: Nodes;
  readonly value: Nodes;
  /** False where only a part of the path exists; then the innermost existing value is given. */
  readonly whole: boolean;
}

function find(document: Document, root: Nodes, path: ValuePath): Found {
  let key: Nodes;
  let node: Nodes = root;
  for (const step of path) {
    const inner = isAlias(node) ? node.resolve(document) : node;
    if (isSeq(inner)) {
      const item = inner.items[Number(step)] as Nodes;
      if (item === undefined) return { key, value: node, whole: false };
      [key, node] = [undefined, item];
      continue;
    }
    // Of repeated keys the last one counts, as it does for the value.
    const pair = isMap(inner)
      ? inner.items.findLast((item) => mapKey(document, item.key) === step)
      : undefined;
    if (pair === undefined) return { key, value: node, whole: false };
    key = pair.key as Node;
    // An empty value has no place of its own that a reader would recognize.
    const value = pair.value as Nodes;
    node = value === null || value === undefined || isEmpty(value) ? key : value;
  }
  return { key, value: node, whole: true };
}

function mapKey(document: Document, key: unknown): string | undefined {
  return keyText(isAlias(key) ? key.resolve(document) : key);
}

function isEmpty(node: Node): boolean {
  return isScalar(node) && node.value === null && (node.source ?? "") === "";
}

/** The data of a node, in a wrapper because it may be undefined. */
function plainValue(
  source: YamlSource,
  root: Nodes,
  problems: ConfigProblem[],
): { readonly value: unknown } | undefined {
  let nodeCount = 0;
  let limit: string | undefined;

  function refuse(node: Nodes, message: string): undefined {
    problems.push({ file: source.file, ...source.position(startOf(node)), message });
    return undefined;
  }

  function convert(node: Nodes, depth: number): unknown {
    nodeCount += 1;
    if (depth > depthMax) limit ??= `nested deeper than ${depthMax} levels`;
    if (nodeCount > nodeCountMax) limit ??= `larger than ${nodeCountMax} values`;
    if (limit !== undefined) return undefined;
    if (isAlias(node)) return convertAlias(node, depth);
    if (isSeq(node)) return node.items.map((item) => convert(item as Nodes, depth + 1) ?? null);
    if (!isMap(node)) return isScalar(node) ? (node.value ?? undefined) : undefined;
    const object = Object.create(null) as Record<string, unknown>;
    for (const { key, value } of node.items) {
      const name = mapKey(source.document, key);
      if (name === undefined) refuse(key as Nodes, "a key must be plain text");
      else {
        if (name in object) refuse(key as Nodes, `the key ${JSON.stringify(name)} is written twice`);
        object[name] = convert(value as Nodes, depth + 1);
      }
    }
    return object;
  }

  function convertAlias(alias: Alias, depth: number): unknown {
    const target = alias.resolve(source.document);
    if (target !== undefined) return convert(target, depth + 1);
    return refuse(alias, `the alias *${alias.source} has no anchor &${alias.source} before it`);
  }

  const value = convert(root, 0);
  if (limit === undefined) return { value };
  return refuse(root, `the file is ${limit}, perhaps an alias names a part that it stands in`);
}

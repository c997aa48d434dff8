import type { z } from "zod";

import { closestName } from "./closest-name.ts";
import type { ValuePath, YamlFile } from "./yaml-file.ts";

/** What an issue means to the person who wrote the file. */
export interface Explained {
  readonly path: ValuePath;
  readonly at: "key" | "value";
  readonly message: string;
}

type Issue = z.core.$ZodIssue;

const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  object: "a mapping",
  record: "a mapping",
  array: "a list",
};

/** The wording of the issues that a definition does not word itself; read as `<path> <text>, got <value>`. */
export function issueText(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === "invalid_type") {
    const isScalar = typeof issue.input === "number" || typeof issue.input === "boolean";
    const hint = issue.expected === "string" && isScalar ? " (put it in quotes)" : "";
    return `must be ${KINDS[issue.expected] ?? issue.expected}${hint}`;
  }
  if (issue.code === "invalid_value") return `must be ${orList(issue.values.map(String))}`;
  return undefined;
}

/** Makes sentences of zod's issues; one for each unknown key. */
export function explainIssues(yaml: YamlFile, issues: readonly Issue[], prefix: ValuePath = []): Explained[] {
  return issues.flatMap((issue): Explained[] => {
    const path = [...prefix, ...issue.path];
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({
        path: [...path, key],
        at: "key",
        message: unknownKey(key, path, issue.message.split(" ")),
      }));
    }
    if (path.length > 0 && valueAt(yaml.value, path) === undefined) return [missing(yaml, path)];
    if (issue.code === "invalid_union") return explainUnion(yaml, issue, path);
    return [{ path, at: "value", message: `${label(path)} ${issue.message}${got(yaml.value, path)}` }];
  });
}

/** A union fails in every branch; the branch of the right kind of value is the one that was meant. */
function explainUnion(yaml: YamlFile, issue: z.core.$ZodIssueInvalidUnion, path: ValuePath): Explained[] {
  const meant = issue.errors.filter(
    (branch) => !branch.some((inner) => inner.code === "invalid_type" && inner.path.length === 0),
  );
  if (meant.length === 1) return explainIssues(yaml, meant[0]!, path);
  if (issue.path.at(-1) === "type" && issue.errors.length === 0) {
    const map = String(valueAt(yaml.value, path)).toLowerCase() === "map";
    const message = map
      ? "must be struct or list: maps are not supported, use a struct"
      : "must be struct or list";
    return [{ path, at: "value", message: `${label(path)} ${message}${got(yaml.value, path)}` }];
  }
  return [{ path, at: "value", message: `${label(path)} ${issue.message}${got(yaml.value, path)}` }];
}

function missing(yaml: YamlFile, path: ValuePath): Explained {
  if (yaml.hasKey(path)) return { path, at: "key", message: `${label(path)} has no value` };
  return { path: path.slice(0, -1), at: "value", message: `${label(path)} is missing` };
}

// Where a key stands that was written in a wrong place.
const HOMES: readonly (readonly [home: string, keys: readonly string[]])[] = [
  ["managed.properties of log_source.yml", ["api_hostname", "integration_key", "admin_stream", "accounts"]],
  ["schema", ["ecs_field_names", "fields"]],
  ["matano.config.yml", ["lake", "pull", "secrets", "aws", "vpc"]],
  ["lake of matano.config.yml", ["warehouse", "database", "catalog"]],
  ["lake.catalog of matano.config.yml", ["catalog_id"]],
  ["pull of matano.config.yml", ["interval", "look_back", "backfill", "hold_after_429", "failing_after"]],
  ["log_source.yml", ["managed", "properties"]],
];

const SECRET_KEYS: ReadonlySet<string> = new Set([
  "secret",
  "secretkey",
  "skey",
  "apisecret",
  "apisecretkey",
]);

function unknownKey(key: string, parent: ValuePath, known: readonly string[]): string {
  if (SECRET_KEYS.has(key.toLowerCase().replace(/[_-]/g, ""))) {
    return (
      `${key} must never stand in a file: remove it, and store the key with \`duolake secret set <log source>\`; ` +
      "if others could read the file, let Duo make a new key first"
    );
  }
  const where = parent.length === 0 ? "" : ` in ${label(parent)}`;
  const text = `unknown key ${JSON.stringify(key.slice(0, 60))}${where}`;
  const meant = closestName(key, known);
  if (meant !== undefined) return `${text}, did you mean ${meant}?`;
  const home = HOMES.find(([, keys]) => keys.includes(key))?.[0];
  if (home !== undefined) return `${text}, it belongs in ${home}`;
  return `${text}; known here: ${known.join(", ")}`;
}

/** Writes a path as people do: `schema.fields[0].type`. */
function label(path: ValuePath): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else text += text === "" ? String(step) : `.${String(step)}`;
  }
  return text === "" ? "the file" : text;
}

const HIDDEN: ReadonlySet<string> = new Set([
  "managed.properties.integration_key",
  "transform",
  // With a password in it, perhaps.
  "lake.catalog.uri",
  "lake.catalog.oauth2.token_uri",
]);

function got(root: unknown, path: ValuePath): string {
  // What stands there may be a secret key in the wrong place, or a whole program.
  if (HIDDEN.has(label(path))) return "";
  const value = valueAt(root, path);
  if (typeof value === "string")
    return `, got ${JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)}`;
  if (Array.isArray(value)) return ", got a list";
  if (typeof value === "object" && value !== null) return ", got a mapping";
  return `, got ${String(value)}`;
}

function valueAt(root: unknown, path: ValuePath): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}

function orList(names: readonly string[]): string {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

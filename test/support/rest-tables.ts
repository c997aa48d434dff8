import { randomUUID } from "node:crypto";
import { freshFields, type Ids } from "./rest-fresh-ids.ts";
import type { CommitBody, CreateBody, ServedTable, SourceField } from "./rest-metadata.ts";
import { badRequest, RestRefusal } from "./rest-refusal.ts";
import { respelled } from "./rest-respelled.ts";
import { applied, isMet } from "./rest-updates.ts";

/**
 * The tables of a REST catalog, as Apache's own server keeps them: it gives out ids and locations itself, and a commit is checked and
 * applied in one turn, so that of two only one finds the table as it was. Shares no code with the lake.
 */
export class RestTables {
  readonly namespaces: Map<string, Map<string, ServedTable>> = new Map<string, Map<string, ServedTable>>();
  readonly #root: string;
  readonly #firstFieldId: number;
  readonly #isOld: boolean;

  /** @param options `root`: where tables are; `firstFieldId`: of a new table's columns, 1 as Apache's; `isOld`: answers as its versions before 1.11 */
  constructor(options: { readonly root: string; readonly firstFieldId: number; readonly isOld?: boolean }) {
    this.#root = options.root.replace(/\/+$/, "");
    this.#firstFieldId = options.firstFieldId;
    this.#isOld = options.isOld ?? false;
  }

  createNamespace(name: string): void {
    if (this.namespaces.has(name))
      throw new RestRefusal(409, "AlreadyExistsException", `Namespace already exists: ${name}`);
    this.namespaces.set(name, new Map());
  }

  names(namespace: string): readonly string[] {
    return [...this.#namespace(namespace).keys()].sort();
  }

  load(namespace: string, name: string): ServedTable {
    const table = this.#namespace(namespace).get(name);
    if (table === undefined)
      throw new RestRefusal(404, "NoSuchTableException", `Table does not exist: ${namespace}.${name}`);
    return table;
  }

  create(namespace: string, request: CreateBody, nowMs: number): ServedTable {
    const tables = this.#namespace(namespace);
    const { name } = request;
    if (tables.has(name))
      throw new RestRefusal(409, "AlreadyExistsException", `Table already exists: ${namespace}.${name}`);
    const location = `${this.#root}/${namespace}/${name}`;
    const { "format-version": version, ...properties } = request.properties;
    if (version !== "2") throw badRequest("this server makes version 3 unless told");
    const ids: Ids = { next: this.#firstFieldId, given: new Map<number, number>() };
    const schema = {
      ...request.schema,
      fields: freshFields(respelled(request.schema).fields, ids),
      "schema-id": 0,
    };
    const moved = (field: SourceField): SourceField => ({
      ...field,
      "source-id": ids.given.get(field["source-id"] ?? -1),
    });
    const metadata = {
      "format-version": 2,
      "table-uuid": randomUUID(),
      location,
      "last-sequence-number": 0,
      "last-updated-ms": nowMs,
      "last-column-id": ids.next - 1,
      "current-schema-id": 0,
      schemas: [schema],
      "default-spec-id": 0,
      "partition-specs": [{ "spec-id": 0, fields: request["partition-spec"].fields.map(moved) }],
      "last-partition-id": 1000,
      "default-sort-order-id": 1,
      "sort-orders": [{ "order-id": 1, fields: request["write-order"].fields.map(moved) }],
      properties,
      "current-snapshot-id": -1,
      refs: {},
      snapshots: [],
      statistics: [],
      "partition-statistics": [],
      "snapshot-log": [],
      "metadata-log": [],
    };
    const table = { metadata, location: fileOf(location, 0) };
    tables.set(name, table);
    return table;
  }

  commit(namespace: string, name: string, request: CommitBody, nowMs: number): ServedTable {
    const before = this.load(namespace, name);
    for (const requirement of request.requirements) {
      if (!isMet(before.metadata, requirement)) {
        throw new RestRefusal(409, "CommitFailedException", `Requirement failed: ${requirement.type}`);
      }
    }
    const next = applied(before.metadata, request.updates, { nowMs, isOld: this.#isOld });
    if (next === before.metadata) return before;
    const log = {
      "metadata-file": before.location,
      "timestamp-ms": before.metadata["last-updated-ms"],
    };
    const max = Number(next.properties["write.metadata.previous-versions-max"] ?? 100);
    const metadata = { ...next, "metadata-log": [...next["metadata-log"], log].slice(-max) };
    const version = Number(/\/(\d+)-[^/]*$/.exec(before.location)?.[1]) + 1;
    const table = { metadata, location: fileOf(metadata.location, version) };
    this.#namespace(namespace).set(name, table);
    return table;
  }

  #namespace(name: string): Map<string, ServedTable> {
    const tables = this.namespaces.get(name);
    if (tables === undefined)
      throw new RestRefusal(404, "NoSuchNamespaceException", `Namespace does not exist: ${name}`);
    return tables;
  }
}

function fileOf(location: string, version: number): string {
  return `${location}/metadata/${String(version).padStart(5, "0")}-${randomUUID()}.metadata.json`;
}

import { DuolakeError } from "../../src/core/errors.ts";
import type { Row } from "../../src/core/row.ts";
import type { Lake, LakeTable, RowWriter, StagedFile, TableChange } from "../../src/lake/lake.ts";
import type { ReadTexts } from "../../src/pipeline/read-texts.ts";

/** Runs an operation of one program on what all programs share: the place where others get their turn and a program can die. */
export type Operate = <T>(operation: () => T) => Promise<T>;

/** Tables in memory that several programs share. */
export interface SharedTables {
  readonly tables: Map<string, TableState>;
  fileCount: number;
}

interface TableState {
  readonly version: number;
  readonly columns: Parameters<Lake["create"]>[1]["columns"];
  readonly properties: Readonly<Record<string, string>>;
  readonly files: readonly FileWithRows[];
}

interface FileWithRows extends StagedFile {
  readonly rows: readonly Row[];
}

/** A lake in memory under the commit rule of `src/lake/lake.ts`, and what reads texts of it. */
export interface MemoryLake {
  readonly lake: Lake;
  readonly readTexts: ReadTexts;
}

/** Makes shared tables; none at first. */
export function sharedTables(): SharedTables {
  return { tables: new Map(), fileCount: 0 };
}

/** The rows of a table, those of the oldest commit first. */
export function rowsIn({ tables }: SharedTables, name: string): readonly Row[] {
  return tables.get(name)?.files.flatMap(({ rows }) => rows) ?? [];
}

/**
 * Opens shared tables for one program. Each call that would touch a disk goes through `operate`, so that a test says who is next
 * and who dies; what it does is atomic.
 *
 * Nothing is ever taken out of a table: `removed` is refused.
 */
export function memoryLake(shared: SharedTables, operate: Operate): MemoryLake {
  const states = new WeakMap<LakeTable, TableState>();
  const view = (name: string): LakeTable => {
    const state = shared.tables.get(name) as TableState;
    const table = viewOf(shared, { name, state, operate, view });
    states.set(table, state);
    return table;
  };
  const lake: Lake = {
    database: "memory",
    list: () => operate(() => [...shared.tables.keys()].sort()),
    load: (name) => operate(() => (shared.tables.has(name) ? view(name) : undefined)),
    create: (name, { columns, properties }) =>
      operate(() => {
        if (!shared.tables.has(name)) shared.tables.set(name, { version: 1, columns, properties, files: [] });
        return view(name);
      }),
    evolve: (table) => Promise.resolve(table),
    maintain: () => Promise.resolve(undefined),
    probe: () => Promise.resolve(),
  };
  const readTexts: ReadTexts = async function* (table, { path, fromUs, toUs = Infinity }) {
    const { files } = states.get(table) as TableState;
    yield await operate(() =>
      files.flatMap(({ rows }) =>
        rows.flatMap((row) => {
          const tsUs = microseconds(row);
          const text = path.reduce<unknown>((value, name) => (value as Row | undefined)?.[name], row);
          return typeof text === "string" && tsUs >= fromUs && tsUs <= toUs ? [{ tsUs, text }] : [];
        }),
      ),
    );
  };
  return { lake, readTexts };
}

function viewOf(
  shared: SharedTables,
  of: {
    readonly name: string;
    readonly state: TableState;
    readonly operate: Operate;
    readonly view: (name: string) => LakeTable;
  },
): LakeTable {
  const { name, state, operate, view } = of;
  const { version, columns, properties, files } = state;
  const self: LakeTable = {
    name,
    location: `memory/${name}`,
    metadataLocation: `memory/${name}/v${version}`,
    columns,
    properties,
    snapshotId: files.length === 0 ? undefined : BigInt(files.length),
    snapshotAtMs: undefined,
    rowCount: files.reduce((sum, { rowCount }) => sum + rowCount, 0),
    fileCount: files.length,
    files: ({ fromUs = -Infinity } = {}) =>
      operate(() => files.filter(({ tsMaxUs = Infinity }) => tsMaxUs >= fromUs)),
    reload: () => operate(() => (shared.tables.get(name)?.version === version ? self : view(name))),
    writer: () => writer(shared, operate),
    commit: (change) =>
      operate(() => {
        apply(shared, name, change);
        return view(name);
      }),
    discard: () => Promise.resolve(),
  };
  return self;
}

/** The commit rule of `LakeTable.commit`: on the table as it is now, fenced. */
function apply({ tables }: SharedTables, name: string, change: TableChange): void {
  const { compareAndSet, files = [], removed = [], setProperties } = change;
  if (removed.length > 0) throw new Error("Cannot take files out of a table in memory");
  if (compareAndSet === undefined && files.length > 0) throw new Error("Cannot append without a fence");
  const state = tables.get(name) as TableState;
  const { key, from, to } = compareAndSet ?? { key: "", from: undefined, to: "" };
  const present = compareAndSet && state.properties[key];
  if (compareAndSet !== undefined && present === to) return;
  if (present !== from)
    throw new DuolakeError("cursor_moved", `Cannot commit to ${name}: ${key} moved`, { retryable: true });
  tables.set(name, {
    ...state,
    version: state.version + 1,
    properties: { ...state.properties, ...setProperties, ...(compareAndSet && { [key]: to }) },
    files: [...state.files, ...(files as readonly FileWithRows[])],
  });
}

function writer(shared: SharedTables, operate: Operate): RowWriter {
  const rows: Row[] = [];
  return {
    get rowCount() {
      return rows.length;
    },
    get sizeBytes() {
      return rows.length;
    },
    add: (row) => void rows.push(structuredClone(row)),
    finish: () =>
      operate(() => {
        if (rows.length === 0) return { files: [], refused: [] };
        shared.fileCount += 1;
        const times = rows.map(microseconds);
        const [tsMinUs, tsMaxUs] = [Math.min(...times), Math.max(...times)];
        const path = `memory/data/${shared.fileCount}`;
        const file: FileWithRows = {
          path,
          rowCount: rows.length,
          sizeBytes: rows.length,
          tsMinUs,
          tsMaxUs,
          staged: true,
          rows,
        };
        return { files: [file], refused: [] };
      }),
    abort: () => Promise.resolve(),
  };
}

function microseconds(row: Row): number {
  return Date.parse(row["ts"]) * 1000;
}

import { stringifyJson } from "../../../core/json.ts";
import type { Row } from "../../../core/row.ts";
import type { LeafShape, Shape, StructPlace } from "./row-shape.ts";
import type { LeafValue } from "./leaf-type.ts";

/**
 * One row taken apart into entries of leaf columns; the next one takes its place.
 *
 * Outside lists there are entries for values only: where there is none, the structs that are there say at which level.
 */
export interface RowLayout {
  /** Gives the reason, with the dotted path, where the row does not fit the columns; then the entries are of no use. */
  readonly lay: (row: Row) => string | undefined;
  /** How many entries the row has: entry i is `leaves[i]`, … */
  readonly count: number;
  readonly leaves: readonly LeafShape[];
  readonly repetitions: readonly number[];
  readonly definitions: readonly number[];
  readonly values: readonly (LeafValue | undefined)[];
  /** The structs outside lists that the row has: the first `structCount`. */
  readonly structs: readonly StructPlace[];
  readonly structCount: number;
  /** Roughly what the row takes, most of it text. */
  readonly sizeBytes: number;
}

/** The entries of the row that is being laid out. */
interface Entries {
  count: number;
  readonly leaves: LeafShape[];
  readonly repetitions: number[];
  readonly definitions: number[];
  readonly values: (LeafValue | undefined)[];
  structCount: number;
  readonly structs: StructPlace[];
  sizeBytes: number;
  misfit: string | undefined;
}

/** Lays out a value that is there; the definition level counts it. */
type Layer = (value: unknown, definition: number, repetition: number) => void;

/** What an entry costs besides its text. */
const ENTRY_BYTES = 4;

/**
 * Takes rows of one shape apart, and checks each value on the way. Members that the table has no column for are passed
 * over, text columns take any scalar or document, kept as its JSON.
 *
 * A row is laid out whole before any of it goes into the columns: one that turns out not to fit leaves nothing behind.
 */
export function rowLayout(shape: Extract<Shape, { kind: "struct" }>): RowLayout {
  const entries: Entries = {
    count: 0,
    leaves: [],
    repetitions: [],
    definitions: [],
    values: [],
    structCount: 0,
    structs: [],
    sizeBytes: 0,
    misfit: undefined,
  };
  const layRow = structLayer(entries, shape, "");
  return {
    lay: (row) => {
      entries.count = 0;
      entries.structCount = 0;
      entries.sizeBytes = 0;
      entries.misfit = undefined;
      layRow(row, 0, 0);
      return entries.misfit;
    },
    get count() {
      return entries.count;
    },
    get structCount() {
      return entries.structCount;
    },
    get sizeBytes() {
      return entries.sizeBytes + entries.count * ENTRY_BYTES;
    },
    leaves: entries.leaves,
    repetitions: entries.repetitions,
    definitions: entries.definitions,
    values: entries.values,
    structs: entries.structs,
  };
}

function layerOf(entries: Entries, shape: Shape, path: string): Layer {
  if (shape.kind === "struct") return structLayer(entries, shape, path);
  return shape.kind === "list" ? listLayer(entries, shape, path) : leafLayer(entries, shape.leaf, path);
}

function leafLayer(entries: Entries, leaf: LeafShape, path: string): Layer {
  const { read, form } = leaf.type;
  return (value, definition, repetition) => {
    const kept = read(value);
    if (kept === undefined) return refuse(entries, misfit(path, form, value));
    if (typeof kept === "string") entries.sizeBytes += kept.length;
    put(entries, leaf, definition, repetition, kept);
  };
}

interface MemberLayer {
  readonly name: string;
  readonly lay: Layer;
  readonly leaves: readonly LeafShape[];
  /** The visit in which it was met last. */
  metIn: number;
}

function structLayer(
  entries: Entries,
  { members, place }: Extract<Shape, { kind: "struct" }>,
  path: string,
): Layer {
  const all: MemberLayer[] = members.map(({ name, shape }) => ({
    name,
    lay: layerOf(entries, shape, path === "" ? name : `${path}.${name}`),
    leaves: shape.leaves,
    metIn: 0,
  }));
  const byName = new Map(
    all.flatMap((member) => [
      [member.name.toLowerCase(), member],
      [member.name, member],
    ]),
  );
  let visit = 0;
  return (value, definition, repetition) => {
    if (typeof value !== "object" || Array.isArray(value))
      return refuse(entries, misfit(path, "an object", value));
    const record = value as Readonly<Record<string, unknown>>;
    visit += 1;
    const here = visit;
    for (const key in record) {
      const item = record[key];
      if (item === undefined) continue;
      const member = byName.get(key) ?? byName.get(key.toLowerCase());
      if (member === undefined) continue;
      const isOther = member.name !== key && Object.hasOwn(record, member.name);
      if (isOther || member.metIn === here) {
        const names = `${JSON.stringify(key)} beside ${JSON.stringify(member.name)}`;
        return refuse(entries, `it has ${names}, which are one column`);
      }
      if (item === null) continue;
      member.metIn = here;
      member.lay(item, definition + 1, repetition);
    }
    if (place !== undefined) {
      entries.structs[entries.structCount] = place;
      entries.structCount += 1;
      return;
    }
    // In a list nothing but its entries tells the elements apart, so each has one in every leaf.
    for (const { metIn, leaves } of all)
      if (metIn !== here) putNulls(entries, leaves, definition, repetition);
  };
}

function listLayer(entries: Entries, shape: Extract<Shape, { kind: "list" }>, path: string): Layer {
  const { element, leaves } = shape;
  const layElement = layerOf(entries, element, `${path}.element`);
  return (value, definition, repetition) => {
    if (!Array.isArray(value)) return refuse(entries, misfit(path, "a list", value));
    const items = value as readonly unknown[];
    if (items.length === 0) putNulls(entries, leaves, definition, repetition);
    for (let i = 0; i < items.length; i += 1) {
      const item = items[i];
      const level = i === 0 ? repetition : shape.repetition;
      if (item === null || item === undefined) putNulls(entries, leaves, definition + 1, level);
      else layElement(item, definition + 2, level);
    }
  };
}

function put(
  entries: Entries,
  leaf: LeafShape,
  definition: number,
  repetition: number,
  value: LeafValue | undefined,
): void {
  const at = entries.count;
  entries.leaves[at] = leaf;
  entries.definitions[at] = definition;
  entries.repetitions[at] = repetition;
  entries.values[at] = value;
  entries.count = at + 1;
}

function putNulls(
  entries: Entries,
  leaves: readonly LeafShape[],
  definition: number,
  repetition: number,
): void {
  for (const leaf of leaves) put(entries, leaf, definition, repetition, undefined);
}

/** Keeps the first reason. */
function refuse(entries: Entries, reason: string): void {
  entries.misfit ??= reason;
}

function misfit(path: string, form: string, value: unknown): string {
  let shown = stringifyJson(value) ?? String(value);
  if (shown.length > 80) shown = `${shown.slice(0, 79)}…`;
  return `${path} must be ${form}, got ${shown}`;
}

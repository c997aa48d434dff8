import { createMutex } from "../../src/core/create-gate.ts";
import { appendFenced } from "../../src/pipeline/append-fenced.ts";
import { DEAD_LETTER_COLUMNS, type DeadLetters } from "../../src/pipeline/dead-letters.ts";
import { createTablePuller, type TablePuller } from "../../src/pipeline/table-puller.ts";
import type { LogTable } from "../../src/duo/tables/table.ts";
import { memoryLake, type MemoryLake, type Operate, type SharedTables } from "./memory-lake.ts";
import { tinyClient, type TinyDuo } from "./tiny-duo.ts";
import type { Turns } from "./turns.ts";

/** One program that keeps one table; others may keep the same one. */
export interface TinyProgram {
  readonly puller: TablePuller;
  /** Dies at that operation from now on, the next one being 1: before it, or after it without its answer being heard. */
  readonly dieAt: (operation: number, isAfter: boolean) => void;
  readonly isDead: () => boolean;
}

export const TABLE_NAME = "tiny";
export const LETTERS_NAME = "tiny_dead_letter";
export const LOOK_BACK_MS = 600_000;
export const FIRST_WINDOW_MS = 3_600_000;

/** Starts a program with nothing in memory. */
export function startTinyProgram(world: {
  readonly duo: TinyDuo;
  readonly shared: SharedTables;
  readonly turns: Turns;
  readonly table: LogTable;
  readonly newId: () => string;
}): TinyProgram {
  const { duo, shared, turns, table, newId } = world;
  let left = Infinity;
  let diesAfter = false;
  let isDead = false;
  const die = (): never => {
    isDead = true;
    throw new Error("the program was killed");
  };
  const operate: Operate = async (operation) => {
    await turns.wait();
    if (isDead) die();
    left -= 1;
    if (left === 0 && !diesAfter) die();
    const answer = operation();
    return left === 0 ? die() : answer;
  };
  const { lake, readTexts } = memoryLake(shared, operate);
  const puller = createTablePuller({
    source: "tiny",
    account: undefined,
    table,
    streams: table.streams,
    resolvedName: TABLE_NAME,
    columns: table.columns(),
    client: tinyClient(duo, operate),
    lake,
    readTexts,
    deadLetters: tinyDeadLetters({ lake, readTexts }, newId),
    clock: { nowMs: () => duo.nowMs + duo.skewMs, sleep: () => Promise.resolve() },
    lookBackMs: LOOK_BACK_MS,
    batchRowCountMax: 4,
    newId,
    firstWindowMs: FIRST_WINDOW_MS,
    exclusively: createMutex(),
  });
  return {
    puller,
    dieAt: (operation, isAfter) => {
      left = operation;
      diesAfter = isAfter;
    },
    isDead: () => isDead,
  };
}

/** The dead letters as the program keeps them, but read without DuckDB. */
function tinyDeadLetters({ lake, readTexts }: MemoryLake, newId: () => string): DeadLetters {
  const table = { lake, name: LETTERS_NAME, columns: DEAD_LETTER_COLUMNS, fenceKey: "tiny.letters", newId };
  return {
    record: (letters, { sinceUs, signal }) =>
      appendFenced(
        table,
        async (current) => {
          const known = new Set<string>();
          for await (const rows of readTexts(current, { path: ["hash"], fromUs: sinceUs, signal })) {
            for (const { text } of rows) known.add(text);
          }
          return letters.filter(({ hash }) => !known.has(hash)).map((letter) => ({ ...letter }));
        },
        signal,
      ),
  };
}

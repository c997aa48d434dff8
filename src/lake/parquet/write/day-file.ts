import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import type { Instant } from "../../spec/instant.ts";
import type { NestedField } from "../../spec/types.ts";
import type { WrittenFile } from "../write-parquet.ts";
import { fileMetrics } from "./file-metrics.ts";
import { footer, type PlacedGroup } from "./footer.ts";
import { compareInstants, type RowGroup, rowGroup } from "./row-group.ts";
import type { RowLayout } from "./row-layout.ts";
import type { RowShape } from "./row-shape.ts";

/** A Parquet file with rows of one day, while it is written. */
export interface DayFile {
  /** Adds the row that was laid out last. A full row group is encoded and written while the next one fills. */
  readonly add: (layout: RowLayout, ts: Instant) => void;
  /** Writes what is left, and the footer. The file is closed, but not synced. */
  readonly finish: () => Promise<WrittenFile>;
  /** Waits for what is being written and closes the file. Never throws. */
  readonly close: () => Promise<void>;
}

const MAGIC = Buffer.from("PAR1");
const GROUP_ROW_COUNT_MAX = 24_576;
/** Bounds the memory of unusually long events. */
const GROUP_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Starts a file of at least one row. Row groups are in the order of `ts`, each in itself; so is the file where its rows came
 * in that order, or fit into one row group.
 *
 * @param options `path`: nothing is there yet; its folder is made. `shape`: of the rows
 */
export function dayFile(options: {
  readonly path: string;
  readonly day: number;
  readonly fields: readonly NestedField[];
  readonly shape: RowShape;
}): DayFile {
  const { path, day, fields, shape } = options;
  const placed: PlacedGroup[] = [];
  let group = rowGroup(shape);
  let file: FileHandle | undefined;
  let sizeBytes = 0;
  let isSorted = true;
  let last: Instant | undefined;
  let sealing = Promise.resolve();

  const write = async (parts: readonly Buffer[]): Promise<void> => {
    if (file === undefined) {
      await mkdir(dirname(path), { recursive: true });
      file = await open(path, "wx");
    }
    const bytes = Buffer.concat(parts);
    await file.appendFile(bytes);
    sizeBytes += bytes.length;
  };
  const append = async (
    { rowCount }: RowGroup,
    encoding: ReturnType<RowGroup["encode"]>,
    before: Promise<void>,
  ): Promise<void> => {
    const [encoded] = await Promise.all([encoding, before]);
    if (placed.length === 0) await write([MAGIC]);
    const offset = sizeBytes;
    await write(encoded.flatMap(({ pages }) => pages));
    placed.push({ rowCount, offset, chunks: encoded.map(({ chunk }) => chunk) });
  };
  const seal = (full: RowGroup): void => {
    const span = full.span();
    isSorted &&= last === undefined || span === undefined || compareInstants(last, span.from) <= 0;
    last = span?.to;
    sealing = append(full, full.encode(), sealing);
    // Whoever finishes the file is told; until then nobody waits, and Node would end the process.
    sealing.catch(() => {});
  };
  return {
    add: (layout, ts) => {
      group.add(layout, ts);
      if (group.rowCount < GROUP_ROW_COUNT_MAX && group.sizeBytes < GROUP_BYTES_MAX) return;
      seal(group);
      group = rowGroup(shape);
    },
    finish: async () => {
      if (group.rowCount > 0) seal(group);
      await sealing;
      const end = footer(fields, placed);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(end.length);
      await write([end, length, MAGIC]);
      await file?.close();
      file = undefined;
      const rowCount = placed.reduce((sum, one) => sum + one.rowCount, 0);
      const metrics = fileMetrics(placed.map(({ chunks }) => chunks));
      return { path, day, rowCount, sizeBytes, isSorted, metrics };
    },
    close: async () => {
      await sealing.catch(() => {});
      await file?.close().catch(() => {});
    },
  };
}

import { errorText, systemCode } from "../../core/errors.ts";
import { parseJson } from "../../core/json.ts";
import { findTable } from "../../duo/tables/index.ts";
import { rowFiles } from "../../lake/parquet/row-files.ts";
import { withOrigin } from "../with-origin.ts";
import type { Answer, Order } from "./messages.ts";

type Open = Extract<Order, { kind: "open" }>;
type Add = Extract<Order, { kind: "add" }>;

/** Files of one batch that are being written. */
interface Batch {
  readonly add: (order: Add) => void;
  readonly sizeBytes: () => number;
  readonly finish: () => ReturnType<ReturnType<typeof rowFiles>["finish"]>;
  readonly close: () => Promise<void>;
}

/**
 * Maps events again from their text and writes them as Parquet, as it is ordered to: the half of a pull that needs no cursor and no
 * lake, so that it can run on a thread of its own.
 *
 * @param answer is called once for each `add`, `finish` and `close`, in their order for each batch
 * @returns takes the next order; what fails is answered by the batch's `finish`
 */
export function serveRows(answer: (answer: Answer) => void): (order: Order) => void {
  const batches = new Map<number, Batch>();
  const failures = new Map<number, unknown>();
  const end = async (
    batch: number,
    work: () => Promise<Omit<Extract<Answer, { kind: "done" }>, "kind" | "batch">>,
  ): Promise<void> => {
    try {
      if (failures.has(batch)) throw failures.get(batch);
      answer({ kind: "done", batch, ...(await work()) });
    } catch (error) {
      answer({ kind: "failed", batch, message: errorText(error), code: systemCode(error) });
    }
  };
  const carryOut = async (order: Order): Promise<void> => {
    const { batch } = order;
    if (order.kind === "open") {
      batches.set(batch, openBatch(order));
      return;
    }
    const files = batches.get(batch) as Batch;
    if (order.kind === "add") {
      try {
        if (!failures.has(batch)) files.add(order);
      } catch (error) {
        failures.set(batch, error);
      }
      answer({ kind: "added", batch, sizeBytes: files.sizeBytes() });
    } else if (order.kind === "finish") {
      await end(batch, files.finish);
    } else {
      batches.delete(batch);
      // What failed before was told; the files are closed all the same.
      failures.delete(batch);
      await end(batch, async () => {
        await files.close();
        return { files: [], refused: [] };
      });
    }
  };
  // One after the other: a batch that is being finished gives its memory back before the next one fills.
  let last = Promise.resolve();
  return (order) => {
    last = last.then(() => carryOut(order));
  };
}

function openBatch({ table: tableName, stream: streamName, account, folder, fields }: Open): Batch {
  const table = findTable(tableName);
  const stream = table?.streams.find(({ name }) => name === streamName);
  const map = stream?.map ?? table?.map;
  if (map === undefined) throw new RangeError(`Cannot map events: no table ${tableName} is known`);
  const files = rowFiles({ folder, fields });
  return {
    add: ({ originals, hashes, fetchedAtMs }) => {
      originals.forEach((original, i) => {
        const atMs = fetchedAtMs[i] as number;
        const mapped = map(parseJson(original), { fetchedAtUs: atMs * 1000, original });
        // It was asked for because it can be mapped.
        if (mapped.kind !== "row")
          throw new RangeError(`Cannot map an event again: it is ${mapped.kind} now`);
        const createdAt = new Date(atMs).toISOString();
        files.add(withOrigin(mapped.row, { hash: hashes[i] as string, createdAt, account }));
      });
    },
    sizeBytes: files.sizeBytes,
    finish: () => files.finish(undefined),
    close: files.close,
  };
}

import { throwIfStopped } from "../../core/clock.ts";
import { DuolakeError } from "../../core/errors.ts";
import type { RowFiles, WrittenRows } from "../../lake/parquet/row-files.ts";
import type { Answer, Order } from "./messages.ts";
import type { Take, ThreadHost } from "./thread-host.ts";

/** An event that is to become a row. */
export interface NewEvent {
  /** `event.original`. */
  readonly original: string;
  readonly hash: string;
  /** Ms since 1970. */
  readonly fetchedAtMs: number;
}

/** What a message holds: enough that sending costs little, little enough that both threads work at once. */
const EVENT_COUNT = 250;
/** Messages that may wait; more would only take memory. */
const WAITING_COUNT_MAX = 8;
/** Texts of a row beside those of `event.original`, roughly as long. */
const SIZE_FACTOR = 2;

/** Files that are made on another thread, where `open` opens them. */
export function filesBeside(host: ThreadHost, open: Extract<Order, { kind: "open" }>): RowFiles<NewEvent> {
  const { batch } = open;
  let events: NewEvent[] = [];
  let waitingCount = 0;
  let sizeBytes = 0;
  let failure: DuolakeError | undefined;
  let isClosed = false;
  let wake: (() => void) | undefined;
  let settle: Take | undefined;
  host.listen(batch, (answer) => {
    if (answer instanceof DuolakeError) failure = answer;
    else if (answer.kind === "added") waitingCount -= 1;
    if (answer instanceof DuolakeError || answer.kind !== "added") settle?.(answer);
    wake?.();
  });
  host.post(open);
  const isBusy = (): boolean => waitingCount > WAITING_COUNT_MAX && failure === undefined;
  const send = (): void => {
    if (events.length === 0) return;
    const originals = events.map(({ original }) => original);
    const hashes = events.map(({ hash }) => hash);
    const fetchedAtMs = events.map((event) => event.fetchedAtMs);
    host.post({ kind: "add", batch, originals, hashes, fetchedAtMs });
    waitingCount += 1;
    events = [];
  };
  const ask = (order: Order): Promise<Answer> =>
    new Promise((resolve, reject) => {
      settle = (answer) => {
        if (answer instanceof DuolakeError) reject(answer);
        else resolve(answer);
      };
      if (failure === undefined) host.post(order);
      else reject(failure);
    });
  return {
    add: (event) => {
      events.push(event);
      sizeBytes += event.original.length * SIZE_FACTOR;
      if (events.length >= EVENT_COUNT) send();
    },
    sizeBytes: () => sizeBytes,
    ready: async () => {
      while (isBusy()) await new Promise<void>((resolve) => (wake = resolve));
    },
    finish: async (signal) => {
      throwIfStopped(signal);
      send();
      return writtenRows(await ask({ kind: "finish", batch }));
    },
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      // What it was doing is given up: whoever closes does not want its files.
      await ask({ kind: "close", batch }).catch(() => {});
      await host.forget(batch);
    },
  };
}

function writtenRows(answer: Answer): WrittenRows {
  if (answer.kind === "done") return answer;
  if (answer.kind === "failed") throw Object.assign(new Error(answer.message), { code: answer.code });
  throw new TypeError("Cannot take an answer before the end");
}

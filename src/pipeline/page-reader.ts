import type { DuoClient } from "../duo/client.ts";
import { DuolakeError } from "../core/errors.ts";
import type { Page, Window } from "../duo/page.ts";
import { readPages } from "../duo/pages.ts";
import type { Stream } from "../duo/tables/table.ts";

/** What ends a reading before the log does. */
export interface ReadingSignals {
  /** Gives everything up: what was not committed is thrown away. */
  readonly signal?: AbortSignal | undefined;
  /** Ends the reading only: no page is asked for any more, and what was read is committed. */
  readonly enough?: AbortSignal | undefined;
}

/** Gives the next page; `end` after the last one, `enough` where no further one is wanted. */
export type PageReader = () => Promise<Page | "end" | "enough">;

/**
 * Reads a stream's window page by page until its end, or until it is enough. A request that is under way or waits for its turn
 * by then is given up: it may take minutes, and whoever says that it is enough has none.
 *
 * @returns throws as `readPages` does; stopped where `signal` is aborted
 */
export function pageReader(
  client: DuoClient,
  stream: Stream,
  window: Window,
  { signal, enough }: ReadingSignals,
): PageReader {
  const either = signal !== undefined && enough !== undefined ? AbortSignal.any([signal, enough]) : undefined;
  const pages = readPages(client, stream, window, either ?? signal ?? enough);
  const isEnough = (): boolean => enough?.aborted === true && signal?.aborted !== true;
  return async () => {
    if (isEnough()) return "enough";
    try {
      const next = await pages.next();
      return next.done === true ? "end" : next.value;
    } catch (error) {
      if (isEnough() && error instanceof DuolakeError && error.code === "stopped") return "enough";
      throw error;
    }
  };
}

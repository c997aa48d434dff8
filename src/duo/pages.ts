import type { DuoClient } from "./client.ts";
import { cursorPages } from "./cursor-pages.ts";
import { gaugePages } from "./gauge-pages.ts";
import { listPages } from "./list-pages.ts";
import type { Page, Window } from "./page.ts";
import type { Stream } from "./tables/table.ts";

/**
 * Reads a stream's window page by page, oldest first, one request at a time.
 *
 * @param client the account
 * @param stream the endpoint and its paging rule
 * @param window where the endpoint has no end of its own (v1 lists) rows above `toMs` come too, unless it is closed
 * @returns pages; the last one has `isLast`
 * @throws what `client.get` throws; duo_response_invalid where a page is not of the documented shape
 */
export function readPages(
  client: DuoClient,
  stream: Stream,
  window: Window,
  signal?: AbortSignal,
): AsyncGenerator<Page, void, undefined> {
  switch (stream.paging) {
    case "cursor":
    case "offset":
      return cursorPages(client, stream, window, signal);
    case "list":
      return listPages(client, stream, window, signal);
    case "gauge":
      return gaugePages(client, stream, window, signal);
  }
}

import type { DuoClient } from "./client.ts";
import type { Page, Window } from "./page.ts";
import type { Stream } from "./tables/table.ts";

/** Reads an endpoint that shows the present state: one page with one event. */
export async function* gaugePages(
  client: DuoClient,
  stream: Stream,
  window: Window,
  signal?: AbortSignal,
): AsyncGenerator<Page, void, undefined> {
  const answer = await client.get(stream.path, [], { permission: stream.permission, signal });
  yield {
    events: [answer.response],
    fetchedAtMs: answer.fetchedAtMs,
    readThroughMs: window.toMs,
    isLast: true,
    countsAnew: false,
    gaps: [],
  };
}

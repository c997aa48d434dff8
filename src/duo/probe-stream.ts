import { isJsonObject } from "../core/json.ts";
import type { DuoClient } from "./client.ts";
import { readTotal } from "./cursor-pages.ts";
import type { Window } from "./page.ts";
import type { Stream } from "./tables/table.ts";

/**
 * Asks an endpoint for as little as it gives, to see whether it answers.
 *
 * @returns how many events it has in the window, where it says so
 * @throws what `client.get` throws
 */
export async function probeStream(
  client: DuoClient,
  stream: Stream,
  window: Window,
  signal?: AbortSignal,
): Promise<{ readonly eventCount: number | undefined }> {
  const options = { permission: stream.permission, signal };
  if (stream.paging === "gauge") {
    await client.get(stream.path, [], options);
    return { eventCount: undefined };
  }
  if (stream.paging === "list") {
    // There is no limit to ask for; the last minutes keep the answer short.
    await client.get(stream.path, [["mintime", String(Math.floor(window.toMs / 1000))]], options);
    return { eventCount: undefined };
  }
  const { response } = await client.get(
    stream.path,
    [
      ["mintime", String(Math.floor(window.fromMs))],
      ["maxtime", String(Math.floor(window.toMs))],
      ["limit", "1"],
    ],
    options,
  );
  const metadata = isJsonObject(response) ? response["metadata"] : undefined;
  return { eventCount: isJsonObject(metadata) ? readTotal(metadata) : undefined };
}

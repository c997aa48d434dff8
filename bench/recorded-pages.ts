import { startSimulator } from "../simulator/simulator.ts";
import type { RawEvent } from "../simulator/streams.ts";

export const PAGE_ROW_COUNT = 1000;
/** The recorded events lie before this instant. */
export const RECORDED_UNTIL_MS: number = Date.UTC(2026, 2, 15, 12);
export const RECORDED_DAYS = 5;
const HOUR_MS = 3_600_000;

/**
 * Makes pages of authentication events as Duo sends them, the oldest first, always the same ones; one hour at a time, so that
 * a million events need no more memory than a page.
 *
 * @param eventCount a multiple of 1,000
 */
export async function* recordedPages(eventCount: number): AsyncGenerator<string> {
  const fromMs = RECORDED_UNTIL_MS - RECORDED_DAYS * 24 * HOUR_MS;
  await using simulator = await startSimulator({
    seed: 7,
    users: 2_000,
    days: RECORDED_DAYS + 1,
    nowMs: RECORDED_UNTIL_MS,
    eventsPerDay: { authentication: Math.ceil((eventCount / RECORDED_DAYS) * 1.6) },
  });
  let left = eventCount;
  let waiting: RawEvent[] = [];
  for (let hourMs = fromMs; hourMs < RECORDED_UNTIL_MS && left > 0; hourMs += HOUR_MS) {
    waiting.push(
      ...simulator.ledger.expected("authentication_v2", { fromMs: hourMs, toMs: hourMs + HOUR_MS - 1 }),
    );
    while (waiting.length >= PAGE_ROW_COUNT && left > 0) {
      yield pageBody(waiting.slice(0, PAGE_ROW_COUNT), eventCount);
      waiting = waiting.slice(PAGE_ROW_COUNT);
      left -= PAGE_ROW_COUNT;
    }
  }
  if (left > 0) throw new Error(`Cannot record ${eventCount} events: the simulator has ${left} too few`);
}

function pageBody(authlogs: readonly RawEvent[], eventCount: number): string {
  const last = authlogs.at(-1) as { isotimestamp: string; txid: string };
  const metadata = {
    next_offset: [String(Date.parse(last.isotimestamp)), last.txid],
    total_objects: eventCount,
  };
  return JSON.stringify({ stat: "OK", response: { authlogs, metadata } });
}

import type { Simulator } from "../simulator/simulator.ts";
import type { StreamName } from "../simulator/streams.ts";
import type { Outage } from "./schedule.ts";

/** What another program's rules would have brought, on the same events, delays and outages. */
export interface OtherRules {
  readonly name: string;
  /** Lets it poll as often as its interval asks for until now. */
  readonly runTo: (nowMs: number) => void;
  /** By stream: events that were shown by now and never taken, and events that were taken twice, of those from `fromMs` on. */
  readonly result: (range: { readonly fromMs: number; readonly toMs: number }) => readonly OtherResult[];
}

export interface OtherResult {
  readonly stream: StreamName;
  readonly shownCount: number;
  readonly lostCount: number;
  readonly repeatedCount: number;
}

/** The rule of one poll: which events are taken, and what is remembered for the next one. */
interface Rule {
  readonly name: string;
  readonly intervalMs: number;
  readonly poll: (reader: Reader, at: { readonly nowMs: number; readonly isDown: boolean }) => void;
}

interface Reader {
  /** Identities with their time that Duo shows now, both ends included, oldest first. */
  readonly read: (fromMs: number, toMs: number) => readonly { readonly id: string; readonly ms: number }[];
  readonly take: (id: string) => void;
  /** What the program remembers: a place in the log. */
  place: { readonly ms: number; readonly id: string };
}

export const OTHER_STREAMS = ["authentication_v2", "telephony_v2", "activity_v2"] as const;
const MINUTE_MS = 60_000;
const PAGE_ROW_COUNT = 1_000;
const DELAY_MS = 2 * MINUTE_MS;

/**
 * A window for each tick, `[tick - rate, tick)`, that counts as done whether it failed or not, one page of it. The window is
 * moved two minutes back, or nothing would ever be in it: as the rule stands, its minute lies wholly in what Duo still hides.
 */
const WINDOW_PER_TICK: Rule = {
  name: "a window for each tick (Matano's puller)",
  intervalMs: 5 * MINUTE_MS,
  poll: ({ read, take }, { nowMs, isDown }) => {
    if (isDown) return;
    const toMs = nowMs - DELAY_MS;
    for (const { id } of read(toMs - 5 * MINUTE_MS, toMs - 1).slice(0, PAGE_ROW_COUNT)) take(id);
  },
};

/** The place of the last row consumed, and everything behind it; in an outage it stops, and is started again at once. */
const LAST_ROW: Rule = {
  name: "the last row as checkpoint (Duo Log Sync)",
  intervalMs: 2 * MINUTE_MS,
  poll: (reader, { nowMs, isDown }) => {
    if (isDown) return;
    const { ms, id } = reader.place;
    for (const row of reader.read(ms, nowMs)) {
      if (row.ms < ms || (row.ms === ms && row.id <= id)) continue;
      reader.take(row.id);
      reader.place = row;
    }
  },
};

/**
 * Runs the rules of other programs beside the soak. A model of their rules for windows and checkpoints, on the same events, the
 * same late deliveries and the same outages; not their code, and nothing else that went wrong.
 */
export function createOtherRules(
  simulator: Simulator,
  options: { readonly startMs: number; readonly outages: readonly Outage[] },
): readonly OtherRules[] {
  return [WINDOW_PER_TICK, LAST_ROW].map((rule) => run(rule, simulator, options));
}

function run(
  rule: Rule,
  simulator: Simulator,
  { startMs, outages }: Parameters<typeof createOtherRules>[1],
): OtherRules {
  let polledMs = startMs;
  const logs = OTHER_STREAMS.map((stream) => {
    const taken = new Map<string, number>();
    const { ledger } = simulator;
    const read: Reader["read"] = (fromMs, toMs) => {
      const found = ledger.expected(stream, { fromMs, toMs, asOfMs: polledMs });
      return found.map((event) => ({ id: ledger.identity(stream, event), ms: timeOf(event) }));
    };
    const take = (id: string): void => void taken.set(id, (taken.get(id) ?? 0) + 1);
    return { stream, taken, reader: { read, take, place: { ms: startMs, id: "" } } };
  });
  return {
    name: rule.name,
    runTo: (nowMs) => {
      for (; polledMs + rule.intervalMs <= nowMs;) {
        polledMs += rule.intervalMs;
        const isDown = outages.some(({ fromMs, toMs }) => polledMs >= fromMs && polledMs < toMs);
        for (const { reader } of logs) rule.poll(reader, { nowMs: polledMs, isDown });
      }
    },
    result: (range) =>
      logs.map(({ stream, taken }) => {
        const shown = [...simulator.ledger.identities(stream, range)];
        const counts = shown.map((id) => taken.get(id) ?? 0);
        return {
          stream,
          shownCount: shown.length,
          lostCount: counts.filter((count) => count === 0).length,
          repeatedCount: counts.reduce((sum, count) => sum + Math.max(0, count - 1), 0),
        };
      }),
  };
}

function timeOf(event: { readonly [key: string]: unknown }): number {
  return Date.parse(String(event["isotimestamp"] ?? event["ts"]));
}

import type { SimulatorClock } from "../clock.ts";
import type { LateRows } from "../late-rows.ts";
import { STREAMS, type RawEvent, type StreamName, type StreamSpec } from "../streams.ts";
import { createCompany, type Company } from "./company.ts";
import { createGenerators, type Generator } from "./generate.ts";
import { summaryAt } from "./summary.ts";
import { HOUR_MS } from "./time.ts";
import { createTimeline, type LogRow, type Timeline } from "./timeline.ts";
import type { EventsPerDay, World } from "./world.ts";

/** One Duo account with all its logs. */
export interface Account {
  /** `DA…`, unless another was asked for. */
  readonly accountId: string;
  readonly name: string;
  readonly apiHostname: string;
  readonly company: Company;
  readonly timeline: (stream: StreamName) => Timeline;
  /** The account summary now: the last one injected, else what follows from the seed. */
  readonly summary: () => RawEvent;
  readonly injectSummary: (summary: RawEvent, visibleAtMs: number) => void;
}

/** What an account is made from. */
export interface AccountSource {
  readonly seed: string;
  readonly accountId: string | undefined;
  readonly name: string;
  readonly apiHostname: string;
  readonly users: number;
  readonly eventsPerDay: EventsPerDay;
  readonly attacks: boolean;
  readonly startMs: number;
  readonly availabilityDelayMs: number;
  readonly clock: SimulatorClock;
  readonly lateRows: LateRows;
}

/** Makes an account; its events are made when they are first asked for. */
export function createAccount(source: AccountSource): Account {
  const company = createCompany(source.seed, source.users);
  const accountId = source.accountId ?? company.akey;
  const world: World = {
    seed: source.seed,
    company: { ...company, akey: accountId },
    perDay: source.eventsPerDay,
    attacks: source.attacks,
  };
  const generators = createGenerators(world);
  const timelines = new Map(
    STREAMS.map((stream) => [stream.name, timelineOf(source, stream, generators[stream.name])] as const),
  );
  const summaries: { readonly visibleAtMs: number; readonly summary: RawEvent }[] = [];
  return {
    accountId,
    name: source.name,
    apiHostname: source.apiHostname,
    company: world.company,
    timeline: (stream) => timelines.get(stream) as Timeline,
    summary: () => {
      const nowMs = source.clock.nowMs();
      return summaries.findLast((item) => item.visibleAtMs <= nowMs)?.summary ?? summaryAt(world, nowMs);
    },
    injectSummary: (summary, visibleAtMs) => {
      summaries.push({ summary, visibleAtMs });
    },
  };
}

function timelineOf(source: AccountSource, stream: StreamSpec, generator: Generator): Timeline {
  const delayMs = stream.delayed ? source.availabilityDelayMs : 0;
  const { clock, lateRows } = source;
  return createTimeline({
    ...generator,
    rowsOfHour: (hour) => generator.rowsOfHour(hour).filter((row) => row.ms >= source.startMs),
    startMs: source.startMs,
    nowMs: clock.nowMs,
    visibleAtMs: (row: LogRow) => row.visibleAtMs ?? row.ms + delayMs + lateRows.lateByMs(stream.name, row),
    isSettled: (hour) => {
      const endMs = (hour + 1) * HOUR_MS;
      return (
        hour * HOUR_MS >= source.startMs &&
        endMs + delayMs <= clock.nowMs() &&
        !lateRows.touches(stream.name, endMs)
      );
    },
  });
}

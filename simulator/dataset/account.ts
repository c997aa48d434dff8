import type { SimulatorClock } from "../clock.ts";
import type { LateRows } from "../late-rows.ts";
import { STREAMS, streamNamed, type RawEvent, type StreamName, type StreamSpec } from "../streams.ts";
import { createCompany, type Company } from "./company.ts";
import { createEventVersions, type EventVersions } from "./event-versions.ts";
import { createGenerators, type Generator } from "./generate.ts";
import { lateByMs, type LateDelivery } from "./late-delivery.ts";
import { summaryAt } from "./summary.ts";
import { HOUR_MS } from "./time.ts";
import { createTimeline, type LogRow, type Timeline, type TimelineSource } from "./timeline.ts";
import { withChanges } from "./trust-monitor-changes.ts";
import type { EventsPerDay, World } from "./world.ts";

/** One Duo account with all its logs. */
export interface Account {
  /** `DA…`, unless another was asked for. */
  readonly accountId: string;
  readonly name: string;
  readonly apiHostname: string;
  readonly company: Company;
  readonly timeline: (stream: StreamName) => Timeline;
  /** How the events of Trust Monitor change. */
  readonly trustMonitorVersions: EventVersions;
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
  /** No generated event is older. */
  readonly startMs: number;
  readonly availabilityDelayMs: number;
  readonly lateDelivery: LateDelivery;
  readonly trustMonitorChangeShare: number;
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
  const visibleAtMsOf = visibility(source, accountId);
  const trustMonitorVersions = createEventVersions((row) => visibleAtMsOf(streamNamed("trust_monitor"), row));
  const timelines = new Map(
    STREAMS.map((stream) => {
      const rowAt = stream.name === "trust_monitor" ? { rowAt: trustMonitorVersions.rowAt } : {};
      const visibleAtMs = (row: LogRow): number => visibleAtMsOf(stream, row);
      const rows = timelineSource({ ...source, accountId }, stream, generators[stream.name]);
      return [stream.name, createTimeline({ ...rows, ...rowAt, visibleAtMs })] as const;
    }),
  );
  const summaries: { readonly visibleAtMs: number; readonly summary: RawEvent }[] = [];
  return {
    accountId,
    name: source.name,
    apiHostname: source.apiHostname,
    company: world.company,
    trustMonitorVersions,
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

/** When a row of a stream can be read: after the availability delay and whatever makes it late. */
function visibility(source: AccountSource, accountId: string): (stream: StreamSpec, row: LogRow) => number {
  return (stream, row) =>
    row.visibleAtMs ??
    row.ms + delayOf(source, stream) + source.lateRows.lateByMs({ stream: stream.name, accountId }, row);
}

function timelineSource(
  source: AccountSource & { readonly accountId: string },
  stream: StreamSpec,
  generator: Generator,
): Omit<TimelineSource, "visibleAtMs"> {
  const { clock, lateRows, lateDelivery, seed, accountId } = source;
  const delayMs = delayOf(source, stream);
  const share = stream.name === "trust_monitor" ? source.trustMonitorChangeShare : 0;
  const finished = (row: LogRow): LogRow => {
    const lateMs = lateByMs(lateDelivery, seed, row.id);
    const late = lateMs === 0 ? row : { ...row, visibleAtMs: row.ms + delayMs + lateMs };
    return withChanges(late, { seed, share });
  };
  return {
    ...generator,
    rowsOfHour: (hour) =>
      generator
        .rowsOfHour(hour)
        .filter((row) => row.ms >= source.startMs)
        .map(finished),
    startMs: source.startMs,
    nowMs: clock.nowMs,
    isSettled: (hour) => {
      const endMs = (hour + 1) * HOUR_MS;
      const lateMs = lateDelivery.share === 0 ? 0 : lateDelivery.upToMs;
      return (
        hour * HOUR_MS >= source.startMs &&
        endMs + delayMs + lateMs <= clock.nowMs() &&
        !lateRows.touches({ stream: stream.name, accountId }, endMs)
      );
    },
  };
}

function delayOf({ availabilityDelayMs }: AccountSource, { delayed }: StreamSpec): number {
  return delayed ? availabilityDelayMs : 0;
}

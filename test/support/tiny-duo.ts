import { DuolakeError } from "../../src/core/errors.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import type { DuoClient } from "../../src/duo/client.ts";
import type { Operate } from "./memory-lake.ts";

/** Something that happened, as the older and the newer log tell of it; either may be silent. */
export interface Happening {
  /** ms since 1970. */
  readonly atMs: number;
  readonly visibleAtMs: number;
  readonly id: string;
  readonly v1: JsonObject | undefined;
  readonly v2: JsonObject | undefined;
}

/** What is wrong with a request: the connection breaks, or only so many rows of the page come. */
export type Fault = "fails" | { readonly rowCount: number };

/** Duo in a few lines: an older log without ids in whole seconds, a newer one with a cursor, three rows to a page. */
export interface TinyDuo {
  readonly happenings: Happening[];
  nowMs: number;
  /** How far the machines' clock is ahead of Duo's, ms. */
  skewMs: number;
  /** The older log answers 404. */
  isV1Gone: boolean;
  /** How long a request takes, ms. */
  requestMs: number;
  /** By the number of the request. */
  faults: ReadonlyMap<number, Fault>;
  requestCount: number;
}

export const PAGE_ROW_COUNT = 3;
export const V1_PATH = "/v1";
export const V2_PATH = "/v2";
/** Duo takes a date that is off by so much; more is found out with the first request. */
const SKEW_TOLERANCE_MS = 300_000;

export function createTinyDuo(nowMs: number): TinyDuo {
  return {
    happenings: [],
    nowMs,
    skewMs: 0,
    isV1Gone: false,
    requestMs: 0,
    faults: new Map(),
    requestCount: 0,
  };
}

/** An account of it as one program sees it. */
export function tinyClient(duo: TinyDuo, operate: Operate): DuoClient {
  let correctedMs = 0;
  return {
    apiHostname: "tiny",
    serverClock: {
      nowMs: () => duo.nowMs + duo.skewMs - correctedMs,
      measureSkewMs: () => operate(() => duo.skewMs),
      correct: (skewMs) => {
        correctedMs = skewMs;
      },
      skewMs: () => correctedMs,
    },
    limits: { learned: () => undefined, recall: () => {} },
    get: (path, params) =>
      operate(() => {
        if (Math.abs(duo.skewMs - correctedMs) > SKEW_TOLERANCE_MS) correctedMs = duo.skewMs;
        duo.requestCount += 1;
        duo.nowMs += duo.requestMs;
        const fault = duo.faults.get(duo.requestCount);
        if (fault === "fails")
          throw new DuolakeError("duo_unreachable", "Cannot reach Duo: broken", { retryable: true });
        const response =
          path === V1_PATH ? list(duo, new Map(params), fault) : page(duo, new Map(params), fault);
        return { response, fetchedAtMs: duo.nowMs + duo.skewMs - correctedMs };
      }),
  };
}

function list(
  duo: TinyDuo,
  params: ReadonlyMap<string, string>,
  fault: Exclude<Fault, "fails"> | undefined,
): Json {
  if (duo.isV1Gone) throw new DuolakeError("duo_not_found", "Cannot find the log: 404");
  const fromMs = Number(params.get("mintime")) * 1000;
  const rows = shown(duo).filter(({ atMs, v1 }) => v1 !== undefined && atMs >= fromMs);
  // A list that is cut to less than half a page looks like its end: that is no fault to be seen.
  const rowCount = Math.max(PAGE_ROW_COUNT - 1, fault?.rowCount ?? PAGE_ROW_COUNT);
  return rows.slice(0, rowCount).map(({ v1 }) => v1 as Json);
}

function page(
  duo: TinyDuo,
  params: ReadonlyMap<string, string>,
  fault: Exclude<Fault, "fails"> | undefined,
): Json {
  const [fromMs, toMs] = [Number(params.get("mintime")), Number(params.get("maxtime"))];
  const window = shown(duo).filter(({ atMs, v2 }) => v2 !== undefined && atMs >= fromMs && atMs <= toMs);
  const after = params.get("next_offset") ?? "";
  const rows = window.filter((one) => placeOf(one) > after).slice(0, fault?.rowCount ?? PAGE_ROW_COUNT);
  const last = rows.at(-1);
  const next = last === undefined ? null : placeOf(last);
  return {
    items: rows.map(({ v2 }) => v2 as Json),
    metadata: { next_offset: next, total_objects: window.length },
  };
}

function shown({ happenings, nowMs }: TinyDuo): Happening[] {
  const visible = happenings.filter(({ visibleAtMs }) => visibleAtMs <= nowMs);
  return visible.sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
}

function placeOf({ atMs, id }: Happening): string {
  return `${atMs},${id}`;
}

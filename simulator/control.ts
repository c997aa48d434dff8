import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import type { SimulatorClock } from "./clock.ts";
import type { FaultRule, Faults } from "./faults.ts";
import type { V1Stream } from "./happenings.ts";
import type { Inject } from "./inject.ts";
import type { LedgerBook, LedgerRange } from "./ledger.ts";
import type { ChildOptions } from "./options.ts";
import { param, type DuoRequest } from "./request.ts";
import type { RetirementOptions, Retirements, RetiredStatus } from "./retirements.ts";
import { streamNamed, type RawEvent } from "./streams.ts";

/** What the control routes reach. */
export interface ControlTarget {
  readonly clock: SimulatorClock;
  readonly faults: Faults;
  readonly ledger: LedgerBook;
  readonly inject: Inject;
  readonly retirements: Retirements;
  readonly addChild: (options: ChildOptions) => unknown;
  readonly setSecretKey: (secretKey: string) => void;
  readonly info: () => unknown;
}

/** Where the control routes begin. They are not part of Duo's API and need no signature. */
export const CONTROL_PREFIX = "/_simulator/";

/** Answers a control request; what is wrong with it is said with status 400. */
export async function control(
  request: DuoRequest,
  response: ServerResponse,
  target: ControlTarget,
): Promise<void> {
  const route = `${request.method} ${request.path.slice(CONTROL_PREFIX.length)}`;
  try {
    if (route === "GET ledger/expected") {
      await sendEvents(request, response, target.ledger);
      return;
    }
    const answer = handle(route, request, target);
    if (answer === undefined)
      sendJson(response, 404, { error: `Cannot find the control route: got ${route}` });
    else sendJson(response, 200, answer);
  } catch (error) {
    if (response.headersSent) response.destroy();
    else sendJson(response, 400, { error: error instanceof Error ? error.message : String(error) });
  }
}

function handle(route: string, request: DuoRequest, target: ControlTarget): unknown {
  switch (route) {
    case "GET info":
      return target.info();
    case "GET ledger/requests":
      return target.ledger.requests();
    case "DELETE ledger/requests":
      target.ledger.clearRequests();
      return {};
    case "GET ledger/counts":
      return target.ledger.counts(param(request, "account_id"));
    case "GET ledger/happenings":
      return target.ledger.happenings(v1Stream(request), rangeOf(request));
    case "GET ledger/trust-monitor-versions":
      return target.ledger.trustMonitorVersions(rangeOf(request));
    case "POST clock":
      return moveClock(objectBody(request), target.clock);
    case "GET faults":
      return target.faults.list();
    case "POST faults":
      target.faults.add(...rulesOf(request));
      return target.faults.list();
    case "DELETE faults":
      target.faults.clear();
      return [];
    case "POST inject":
      return injectBody(objectBody(request), target.inject);
    case "POST trust-monitor-change":
      changeTrustMonitor(objectBody(request), target.inject);
      return {};
    case "GET retired":
      return target.retirements.retired();
    case "POST retire":
      retire(objectBody(request), target.retirements);
      return target.retirements.retired();
    case "POST restore":
      restore(objectBody(request), target.retirements);
      return target.retirements.retired();
    case "POST children":
      return target.addChild(objectBody(request));
    case "POST secret":
      target.setSecretKey(String(objectBody(request)["secretKey"]));
      return {};
    default:
      return undefined;
  }
}

function moveClock(body: RawEvent, clock: SimulatorClock): unknown {
  const { nowMs, advanceMs } = body;
  if (typeof nowMs === "number") clock.setNow(nowMs);
  else if (typeof advanceMs === "number") clock.advance(advanceMs);
  else
    throw new Error(
      `Cannot move the clock: expected a number nowMs or advanceMs, got ${JSON.stringify(body)}`,
    );
  return { nowMs: clock.nowMs() };
}

function injectBody(body: RawEvent, inject: Inject): unknown {
  const { stream, events, ...options } = body;
  if (typeof stream !== "string" || !Array.isArray(events)) {
    throw new TypeError("Cannot inject: expected a stream and an array of events");
  }
  inject(stream === "summary" ? stream : streamNamed(stream).name, events as RawEvent[], options);
  return { injected: events.length };
}

function changeTrustMonitor(body: RawEvent, inject: Inject): void {
  const { sekey, patch, ...options } = body;
  if (typeof sekey !== "string" || typeof patch !== "object" || patch === null)
    throw new TypeError("Cannot change the event: expected a sekey and a patch");
  inject.trustMonitorChange(sekey, patch as RawEvent, options);
}

function retire(body: RawEvent, retirements: Retirements): void {
  const { stream, status, ...options } = body as RawEvent & RetirementOptions;
  retirements.retire(String(stream), { ...options, status: status as RetiredStatus });
}

function restore(body: RawEvent, retirements: Retirements): void {
  const { stream, ...options } = body as RawEvent & RetirementOptions;
  retirements.restore(String(stream), options);
}

function v1Stream(request: DuoRequest): V1Stream {
  const stream = streamNamed(param(request, "stream") ?? "").name;
  if (stream.endsWith("_v1")) return stream as V1Stream;
  throw new Error(`Cannot read the happenings: stream must be a v1 log, got ${stream}`);
}

function rulesOf(request: DuoRequest): FaultRule[] {
  const parsed: unknown = JSON.parse(request.body);
  return (Array.isArray(parsed) ? parsed : [parsed]) as FaultRule[];
}

function objectBody(request: DuoRequest): RawEvent {
  const parsed: unknown = JSON.parse(request.body);
  if (typeof parsed !== "object" || parsed === null)
    throw new TypeError("Cannot read the body: expected a JSON object");
  return parsed as RawEvent;
}

async function sendEvents(request: DuoRequest, response: ServerResponse, ledger: LedgerBook): Promise<void> {
  const stream = streamNamed(param(request, "stream") ?? "").name;
  const events = ledger.events(stream, rangeOf(request));
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  await pipeline(Readable.from(lines(events)), response);
}

/** One event a line, many lines a chunk. */
function* lines(events: Iterable<RawEvent>): Generator<string> {
  let chunk = "";
  for (const event of events) {
    chunk += `${JSON.stringify(event)}\n`;
    if (chunk.length < 65_536) continue;
    yield chunk;
    chunk = "";
  }
  yield chunk;
}

function rangeOf(request: DuoRequest): LedgerRange {
  const from = param(request, "from");
  const to = param(request, "to");
  const asOf = param(request, "as_of");
  const accountId = param(request, "account_id");
  return {
    ...(from === undefined ? {} : { fromMs: instant(from) }),
    ...(to === undefined ? {} : { toMs: instant(to) }),
    ...(asOf === undefined ? {} : { asOfMs: instant(asOf) }),
    ...(accountId === undefined ? {} : { accountId }),
  };
}

/** Milliseconds since 1970, or an ISO 8601 instant. */
function instant(text: string): number {
  const ms = /^-?\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isNaN(ms))
    throw new Error(`Cannot read the time: expected milliseconds or ISO 8601, got ${text}`);
  return ms;
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}

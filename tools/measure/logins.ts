import { randomUUID } from "node:crypto";
import { startSimulator } from "../../simulator/simulator.ts";
import type { RawEvent } from "../../simulator/streams.ts";

/** Gives logins as Duo has them, spread evenly over a stretch of time; each call gives others. */
export type Logins = (
  count: number,
  stretch: { readonly fromMs: number; readonly toMs: number },
) => RawEvent[];

const NOW_MS = Date.UTC(2026, 2, 12, 15);

/** Takes real-looking logins of a simulated company as a pattern. */
export async function loginPattern(): Promise<Logins> {
  await using simulator = await startSimulator({
    users: 200,
    days: 2,
    nowMs: NOW_MS,
    eventsPerDay: { authentication: 2_000 },
  });
  const pattern = simulator.ledger.expected("authentication_v2");
  if (pattern.length === 0) throw new Error("Cannot make logins: the simulator has none");
  return (count, { fromMs, toMs }) =>
    Array.from({ length: count }, (_, index) => {
      const atMs = Math.floor(fromMs + ((toMs - fromMs) * index) / count);
      return {
        ...pattern[index % pattern.length],
        txid: randomUUID(),
        timestamp: Math.floor(atMs / 1000),
        isotimestamp: `${new Date(atMs).toISOString().slice(0, -1)}000+00:00`,
      };
    });
}

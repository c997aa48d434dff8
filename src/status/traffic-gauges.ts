import { Gauge, type Registry } from "prom-client";
import type { Traffic } from "./traffic.ts";

/** Adds the gauges that say how fast Duo is asked and what waits, read at each scrape. */
export function addTrafficGauges(registry: Registry, traffic: Traffic, nowMs: () => number): void {
  // None: a gauge is registered here where it is made, not by itself.
  const registers: Registry[] = [];
  const perEndpoint = ["source", "account", "endpoint"] as const;
  const waiting = new Gauge({
    name: "duolake_waiting_seconds",
    help: "How long the next request to an endpoint waits still, where that is more than a moment",
    labelNames: [...perEndpoint, "reason"],
    registers,
    collect() {
      this.reset();
      for (const { source, account, endpoint, reason, untilMs } of traffic.waits()) {
        this.set(
          { source, ...(account !== undefined && { account }), endpoint, reason },
          (untilMs - nowMs()) / 1000,
        );
      }
    },
  });
  const rate = new Gauge({
    name: "duolake_request_rate_per_second",
    help: "Requests a second that the endpoint is asked at most, as learned from its answers",
    labelNames: perEndpoint,
    registers,
    collect() {
      this.reset();
      for (const { source, account, endpoint, ratePerSecond } of traffic.rates()) {
        this.set({ source, ...(account !== undefined && { account }), endpoint }, ratePerSecond);
      }
    },
  });
  for (const gauge of [waiting, rate]) registry.registerMetric(gauge);
}

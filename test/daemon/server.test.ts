import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { type ServerOptions, startServer } from "../../src/daemon/server.ts";
import { healthOf } from "../../src/status/health.ts";
import { createMetrics } from "../../src/status/metrics.ts";
import { statusPage } from "../../src/status/page.ts";
import { listening } from "../core/support/listening.ts";
import { board, MINUTE_MS, result, START_MS } from "../status/support/made-results.ts";

/** A server over a board, at a time that the test sets. */
function options(of: ReturnType<typeof board>, nowMs: () => number): ServerOptions {
  const health = (): ReturnType<typeof healthOf> =>
    healthOf(of, { nowMs: nowMs(), failingAfterMs: 15 * MINUTE_MS });
  return {
    port: 0,
    health,
    metrics: createMetrics(of, nowMs),
    page: () => statusPage(of, { nowMs: nowMs(), health: health(), lake: "/lake" }),
  };
}

describe("startServer", () => {
  test("answers /healthz with 200 while all is well and 503 when it is not", async () => {
    const one = board();
    let nowMs = START_MS;
    await using server = await startServer(options(one, () => nowMs));
    const well = await fetch(`${server.url}/healthz`);
    expect(well.status).toBe(200);
    expect(well.headers.get("content-type")).toContain("application/json");
    expect(await well.json()).toMatchObject({
      status: "ok",
      tables: [{ table: "auth" }, { table: "admin" }],
    });
    nowMs += 16 * MINUTE_MS;
    const failing = await fetch(`${server.url}/healthz`);
    expect(failing.status).toBe(503);
    expect(await failing.json()).toMatchObject({ status: "failing" });
  });

  test("serves the metrics of the moment", async () => {
    const one = board();
    await using server = await startServer(options(one, () => START_MS));
    one.record(result(), START_MS);
    const answer = await fetch(`${server.url}/metrics`);
    expect(answer.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(await answer.text()).toContain('duolake_lag_seconds{source="duo",table="auth"} 120\n');
  });

  test("serves the page with every table, and lets it load nothing from elsewhere", async () => {
    await using server = await startServer(options(board(), () => START_MS));
    const answer = await fetch(server.url);
    expect(answer.headers.get("content-type")).toContain("text/html");
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
    const html = await answer.text();
    for (const table of ["duo_auth", "duo_admin"]) expect(html).toContain(table);
  });

  test("answers 404 for anything else", async () => {
    await using server = await startServer(options(board(), () => START_MS));
    expect((await fetch(`${server.url}/secrets`)).status).toBe(404);
    expect((await fetch(server.url, { method: "POST" })).status).toBe(404);
  });

  test("listens on this machine only", async () => {
    await using server = await startServer(options(board(), () => START_MS));
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  test("says that a port is taken", async () => {
    await using other = await listening(createServer());
    const taken = { ...options(board(), () => START_MS), port: other.port };
    await expect(startServer(taken)).rejects.toMatchObject({
      code: "port_in_use",
      message: `Cannot serve on 127.0.0.1: another program has the port; choose one with --port, got ${other.port}`,
    });
  });

  test("frees the port when it is closed, also while somebody is connected", async () => {
    const first = await startServer(options(board(), () => START_MS));
    await (await fetch(`${first.url}/healthz`)).text();
    await first[Symbol.asyncDispose]();
    const port = Number(new URL(first.url).port);
    await using again = await startServer({ ...options(board(), () => START_MS), port });
    expect(again.url).toBe(first.url);
  });
});

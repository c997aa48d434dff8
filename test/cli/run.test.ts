import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listening } from "../core/support/listening.ts";
import { type DuoShell, type Ran, startDuoShell, tablesOf } from "./support/cli.ts";

type LogRecord = Readonly<Record<string, unknown>>;

interface Running {
  readonly records: readonly LogRecord[];
  /** Resolves with the first record that says so. */
  readonly said: (message: string) => Promise<LogRecord>;
  readonly stop: () => Promise<Ran>;
}

/** Runs the daemon in this process. */
function startRun(shell: DuoShell, env: Readonly<Record<string, string>> = {}): Running {
  const stop = new AbortController();
  const records: LogRecord[] = [];
  let waiting: { readonly message: string; readonly resolve: (record: LogRecord) => void }[] = [];
  const onErr = (text: string): void => {
    const record = JSON.parse(text) as LogRecord;
    records.push(record);
    for (const one of waiting) if (one.message === record["msg"]) one.resolve(record);
    waiting = waiting.filter(({ message }) => message !== record["msg"]);
  };
  const ran = shell.run(["run", "--port", "0"], { signal: stop.signal, onErr, env });
  return {
    records,
    said: (message) => {
      const record = records.find(({ msg }) => msg === message);
      if (record !== undefined) return Promise.resolve(record);
      return new Promise((resolve) => waiting.push({ message, resolve }));
    },
    stop: () => {
      stop.abort();
      return ran;
    },
  };
}

describe("run", () => {
  let shell: DuoShell;

  beforeAll(async () => {
    shell = await startDuoShell({ tables: ["auth"] });
  });

  afterAll(() => shell[Symbol.asyncDispose]());

  test("pulls at once, serves health, metrics and page, logs JSON, and ends when stopped: exit code 0", async () => {
    const running = startRun(shell);
    const { url } = await running.said("started");
    const pulled = await running.said("pulled");
    expect(pulled).toMatchObject({ level: 30, source: "duo", table: "auth", rejected: 0 });
    expect(pulled["time"]).toMatch(/^\d{4}-.*Z$/);
    const health = await fetch(`${String(url)}/healthz`);
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({ status: "ok", tables: [{ table: "auth", status: "ok" }] });
    const metrics = await (await fetch(`${String(url)}/metrics`)).text();
    expect(metrics).toMatch(
      /^duolake_duo_requests_total\{source="duo",endpoint="\/admin\/v2\/logs\/authentication",status="200"\} 1$/m,
    );
    expect(metrics).toMatch(/^duolake_commits_total\{source="duo",table="auth"\} 1$/m);
    expect(await (await fetch(String(url))).text()).toContain("duo_auth");
    expect(await running.stop()).toMatchObject({ code: 0, out: "" });
    expect(running.records.slice(-2).map(({ msg }) => msg)).toEqual(["stopping", "stopped"]);
  });

  test("backfills behind the pulls, which log, metrics and page show", async () => {
    await using other = await startDuoShell({
      tables: ["telephony"],
      simulator: { users: 10, days: 5, attacks: false },
      pull: { backfill: "3d" },
    });
    const running = startRun(other);
    const { url } = await running.said("started");
    const backfilled = await running.said("backfilled");
    expect(backfilled).toMatchObject({
      level: 30,
      source: "duo",
      table: "telephony",
      percent: 100,
      rejected: 0,
    });
    const metrics = await (await fetch(`${String(url)}/metrics`)).text();
    const series = (name: string): string => `duolake_${name}{source="duo",table="telephony"}`;
    expect(metrics).toContain(`${series("backfill_events_total")} ${String(backfilled["fetched"])}\n`);
    expect(metrics).toContain(`${series("backfill_left_seconds")} 0\n`);
    expect(metrics).toContain(
      'duolake_request_rate_per_second{source="duo",endpoint="/admin/v2/logs/telephony"}',
    );
    expect(await (await fetch(String(url))).text()).toContain(">complete<");
    await running.stop();
    const [telephony] = tablesOf(await other.run(["status", "--json"]));
    expect(telephony?.["backfill"]).toMatchObject({ state: "done", percent: 100 });
  });

  test("leaves a note of what waits, which status shows and which is gone after the end", async () => {
    await using other = await startDuoShell({ tables: ["auth"], simulator: { users: 10, days: 2 } });
    other.simulator.faults.add({ kind: "rate_limited", target: "authentication_v2", times: 0 });
    const running = startRun(other);
    await running.said("waiting before the next request");
    const waiting = async (): Promise<unknown> => {
      const [auth] = tablesOf(await other.run(["status", "--json"]));
      return auth?.["waiting"];
    };
    await expect.poll(waiting, { timeout: 10_000, interval: 200 }).toMatchObject({
      endpoint: "/admin/v2/logs/authentication",
      reason: "hold",
      priority: "live",
      rejected_count: 1,
    });
    expect((await other.run(["status"])).out).toMatch(/duo_auth waits until .*Z: Duo answered 429\n/);
    await running.stop();
    expect(await waiting()).toBeNull();
  });

  test("logs why a pull failed or was not made", async () => {
    const failing = startRun(shell, { DUOLAKE_SECRET_KEY_DUO: "wrongsecretkey00000000000000000000000001" });
    expect(await failing.said("pull failed")).toMatchObject({ level: 50, code: "duo_signature_invalid" });
    expect((await failing.stop()).code).toBe(0);
    const skipping = startRun(shell, { DUOLAKE_SECRET_KEY_DUO: "", DUOLAKE_LOG_LEVEL: "warn" });
    expect(await skipping.said("not pulled")).toMatchObject({ level: 40, skipped: "secret_not_populated" });
    await skipping.stop();
    expect(skipping.records.every(({ level }) => Number(level) >= 40)).toBe(true);
  });

  test("a port that is taken: exit code 1, before anything is asked", async () => {
    await using other = await listening(createServer());
    shell.simulator.ledger.clearRequests();
    const { code, err } = await shell.run(["run", "--port", String(other.port)]);
    expect(code).toBe(1);
    expect(err).toContain("another program has the port");
    expect(shell.asked()).toEqual([]);
  });

  test.each([
    [["--port", "70000"], {}, "--port must be 0 to 65535"],
    [["--port", ""], {}, "--port must be 0 to 65535"],
    [["--port", "0x50"], {}, "--port must be 0 to 65535"],
    [["--port", "0"], { DUOLAKE_LOG_LEVEL: "loud" }, "DUOLAKE_LOG_LEVEL"],
    [["--port", "0"], { DUOLAKE_DUO_ENDPOINT_URL: "http://duo.example.org" }, "loopback"],
  ])("%j with %j is wrong usage: exit code 2", async (options, env, said) => {
    const { code, out, err } = await shell.run(["run", ...options], { env });
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(said);
  });
});

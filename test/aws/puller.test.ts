import { describe, expect, test } from "vitest";
import { Secret } from "../../src/secrets/secret.ts";
import { startDeployment } from "../support/containers.ts";
import { type EventTable, NO_DIFFERENCE } from "../support/pull-harness.ts";
import { stopping } from "../support/stop-after.ts";

const TABLES: readonly EventTable[] = ["auth", "admin"];
const simulator = {
  users: 10,
  days: 2,
  attacks: false,
  eventsPerDay: { authentication: 100, administrator: 40 },
};
const FIVE_MINUTES_MS = 300_000;
const DONE = { batchItemFailures: [] };
const AGAIN = { batchItemFailures: [{ itemIdentifier: "m1" }] };

describe("a puller", () => {
  test("pulls what a message names, counts it, and leaves a status object", async () => {
    await using deployment = await startDeployment({ tables: TABLES, simulator });
    const { harness } = deployment;
    const delivery = await deployment.container().deliver();
    expect(delivery.answer).toEqual(DONE);
    for (const table of TABLES) expect(await harness.difference(table)).toEqual(NO_DIFFERENCE);
    const rows = (await harness.originals("auth")).length + (await harness.originals("admin")).length;
    expect(rows).toBeGreaterThan(50);
    expect(delivery.counts).toEqual({
      PullSuccess: 1,
      PullFailure: 0,
      SecretNotPopulated: 0,
      RateLimited: 0,
      RowsAppended: rows,
    });
    expect(deployment.status()).toMatchObject({
      isSettled: true,
      secret: "populated",
      lastError: undefined,
      entries: { duo_auth: { lastError: undefined }, duo_admin: { lastError: undefined } },
    });
  });

  test("reads the secret once per message, and one object and writes one for the status", async () => {
    await using deployment = await startDeployment({ tables: TABLES, simulator });
    const container = deployment.container();
    await container.deliver();
    deployment.harness.simulator.clock.advance(FIVE_MINUTES_MS);
    const before = deployment.s3.ledger.length;
    await container.deliver();
    expect(deployment.secretReads()).toBe(2);
    const asked = deployment.s3.ledger.slice(before).filter(({ key }) => key.startsWith("status/"));
    expect(asked.map(({ operation }) => operation)).toEqual(["GetObject", "PutObject"]);
  });

  test("asks for nothing where it was asked a moment ago, also in another container", async () => {
    await using deployment = await startDeployment({ tables: ["auth"], simulator });
    const { harness } = deployment;
    await deployment.container().deliver();
    harness.simulator.ledger.clearRequests();
    harness.simulator.clock.advance(30_000);
    const delivery = await deployment.container().deliver();
    expect(delivery).toMatchObject({ answer: DONE, counts: { PullSuccess: 0, PullFailure: 0 } });
    expect(harness.simulator.ledger.requests()).toEqual([]);
    harness.simulator.clock.advance(FIVE_MINUTES_MS);
    await deployment.container().deliver();
    expect(harness.simulator.ledger.requests().length).toBeGreaterThan(0);
  });

  test("passes over a tick that waited in the queue while a later one was worked off, and over no other", async () => {
    await using deployment = await startDeployment({ tables: ["auth"], simulator });
    const { harness } = deployment;
    const { clock, ledger } = harness.simulator;
    const bodyOf = (tickMs: number): string =>
      JSON.stringify({ sources: ["duo"], time: new Date(tickMs).toISOString() });
    const waitedMs = clock.nowMs();
    clock.advance(600_000);
    await deployment.container().deliver();
    clock.advance(600_000);
    ledger.clearRequests();
    const { answer, lines } = await deployment.container().deliver({ body: bodyOf(waitedMs) });
    expect(answer).toEqual(DONE);
    expect(lines).toContainEqual(expect.objectContaining({ msg: "visited already" }));
    expect(ledger.requests()).toEqual([]);
    await deployment.container().deliver({ body: bodyOf(clock.nowMs() - 1_000) });
    expect(ledger.requests().length).toBeGreaterThan(0);
  });

  test("asks Duo for nothing while the secret is a placeholder, and begins when it is set", async () => {
    await using deployment = await startDeployment({ tables: TABLES, simulator, isPopulated: false });
    const { harness } = deployment;
    const container = deployment.container();
    const delivery = await container.deliver();
    expect(delivery.answer).toEqual(DONE);
    expect(delivery.counts).toMatchObject({ SecretNotPopulated: 1, PullSuccess: 0, PullFailure: 0 });
    expect(harness.simulator.ledger.requests()).toEqual([]);
    expect(deployment.status()).toMatchObject({ secret: "missing", entries: {} });
    expect(deployment.s3.buckets.keys("my-logs")).toEqual(["status/duo.json"]);

    await deployment.secrets.set("duo", new Secret(harness.simulator.secretKey()));
    expect((await container.deliver()).counts).toMatchObject({ SecretNotPopulated: 0, PullSuccess: 1 });
    for (const table of TABLES) expect(await harness.difference(table)).toEqual(NO_DIFFERENCE);
    expect(deployment.status()).toMatchObject({ secret: "populated" });
  });

  test("takes a wrong secret for a state, and goes on when the right one is there", async () => {
    await using deployment = await startDeployment({ tables: ["auth"], simulator });
    const { harness } = deployment;
    const right = harness.simulator.secretKey();
    await deployment.secrets.set("duo", new Secret("wrongsecretkey0000000000000000000000001"));
    const container = deployment.container();
    const delivery = await container.deliver();
    expect(delivery).toMatchObject({
      answer: DONE,
      comeBacks: [],
      counts: { PullFailure: 1, PullSuccess: 0 },
    });
    expect(deployment.status()).toMatchObject({
      isSettled: false,
      entries: { duo_auth: { lastError: { code: "duo_signature_invalid" } } },
    });
    expect(JSON.stringify(delivery.lines)).not.toContain("wrongsecretkey");

    await deployment.secrets.set("duo", new Secret(right));
    expect((await container.deliver()).counts).toMatchObject({ PullFailure: 0, PullSuccess: 1 });
    expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
    expect(deployment.status().entries["duo_auth"]?.lastError).toBeUndefined();
  });

  test("takes 429 for a state: it does not wait, says until when, and the next tick goes on", async () => {
    await using deployment = await startDeployment({ tables: ["auth"], simulator });
    const { harness } = deployment;
    harness.simulator.faults.add({ kind: "rate_limited", times: 1 });
    const startMs = harness.clock.nowMs();
    const container = deployment.container();
    const delivery = await container.deliver();
    expect(delivery).toMatchObject({ answer: DONE, comeBacks: [] });
    expect(delivery.counts).toMatchObject({ RateLimited: 1, PullSuccess: 0, PullFailure: 0 });
    expect(harness.clock.nowMs() - startMs).toBeLessThan(20_000);
    expect(deployment.status().entries["duo_auth"]?.lastError?.code).toBe("duo_rate_limited");
    expect(JSON.stringify(deployment.status().notes["duo.waiting"])).toContain('"hold"');

    harness.simulator.clock.advance(FIVE_MINUTES_MS);
    expect((await container.deliver()).counts).toMatchObject({ RateLimited: 0, PullSuccess: 1 });
    expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
  });

  test("lets a message come back when the lake fails, later each time, and loses nothing", async () => {
    await using deployment = await startDeployment({ tables: ["auth"], simulator });
    const { harness, glue } = deployment;
    glue.setFault(() => ({ kind: "error", status: 400, word: "AccessDeniedException", when: "before" }));
    const container = deployment.container();
    expect(await container.deliver()).toMatchObject({
      answer: AGAIN,
      comeBacks: [60],
      counts: { PullFailure: 1 },
    });
    expect(await container.deliver({ receiveCount: 2 })).toMatchObject({ answer: AGAIN, comeBacks: [120] });
    glue.setFault(undefined);
    expect(await container.deliver({ receiveCount: 3 })).toMatchObject({ answer: DONE, comeBacks: [] });
    expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
  });

  test("pulls although the status objects cannot be read or written", async () => {
    await using deployment = await startDeployment({ tables: ["auth"], simulator });
    const { harness, s3 } = deployment;
    s3.setFault(({ key }) =>
      key.startsWith("status/")
        ? { kind: "error", status: 403, code: "AccessDenied", when: "before" }
        : undefined,
    );
    const delivery = await deployment.container().deliver();
    expect(delivery).toMatchObject({ answer: DONE, counts: { PullSuccess: 1 } });
    const said = delivery.lines.map(({ msg }) => msg);
    expect(said).toContain("the status object cannot be read");
    expect(said).toContain("the status object cannot be written");
    expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
  });

  test("says so where the configuration lacks the log source, and where the message names none", async () => {
    await using deployment = await startDeployment({ tables: ["auth"], simulator });
    const container = deployment.container();
    const gone = await container.deliver({ sources: ["gone"] });
    expect(gone.answer).toEqual(DONE);
    expect(gone.lines).toContainEqual(
      expect.objectContaining({ source: "gone", msg: "the configuration has no such log source" }),
    );
    const odd = await container.deliver({ body: '{"sources":[]}' });
    expect(odd).toMatchObject({ answer: AGAIN, comeBacks: [60], counts: { PullFailure: 1 } });
  });

  test("pulls the log sources of a shard side by side, and one that fails stops no other", async () => {
    const twins = ["two", "three", "four", "five", "six"];
    await using deployment = await startDeployment({ tables: ["auth"], simulator, twins });
    const { harness, s3 } = deployment;
    await deployment.secrets.set("three", new Secret("wrongsecretkey0000000000000000000000001"));
    s3.setFault(({ key }) =>
      key.startsWith("lake/matano/five_auth/")
        ? { kind: "error", status: 403, code: "AccessDenied", when: "before" }
        : undefined,
    );
    const delivery = await deployment.container().deliver({ sources: ["duo", ...twins] });
    expect(delivery).toMatchObject({ answer: AGAIN, counts: { PullSuccess: 4, PullFailure: 2 } });
    expect(deployment.status("three").entries["three_auth"]?.lastError?.code).toBe("duo_signature_invalid");
    expect(deployment.status("five").isSettled).toBe(false);
    const { lake } = await harness.start();
    const rows = await Promise.all(
      ["duo", "two", "four", "six"].map(async (name) => (await lake.load(`${name}_auth`))?.rowCount),
    );
    expect(new Set(rows)).toEqual(new Set([(await harness.originals("auth")).length]));
  });

  test("counts as a success what was read before the time was over, and nothing where Duo had not answered", async () => {
    await using way = stopping();
    await using deployment = await startDeployment({ tables: ["auth"], simulator });
    const container = deployment.container({ http: way.http });
    const cut = await container.deliver({ enough: way.after(1, "asked") });
    expect(cut).toMatchObject({ answer: DONE, counts: { PullSuccess: 0, PullFailure: 0, RowsAppended: 0 } });
    expect(deployment.status().isSettled).toBe(false);
    const part = await container.deliver({ enough: way.after(1) });
    expect(part.counts).toMatchObject({ PullSuccess: 1, PullFailure: 0 });
    expect(part.counts["RowsAppended"]).toBeGreaterThan(0);
  });

  test("goes on with the other table where the key lacks a permission for one, and counts both", async () => {
    await using deployment = await startDeployment({ tables: TABLES, simulator });
    const { harness } = deployment;
    const target = "authentication_v2";
    harness.simulator.faults.add({ kind: "error_code", code: 40301, target, times: 0 });
    const container = deployment.container();
    for (let tick = 0; tick < 3; tick += 1) {
      const delivery = await container.deliver();
      expect(delivery).toMatchObject({ answer: DONE, counts: { PullSuccess: 1, PullFailure: 1 } });
      harness.simulator.clock.advance(FIVE_MINUTES_MS);
    }
    expect(deployment.status().entries["duo_auth"]?.lastError?.code).toBe("duo_forbidden");
    expect(await harness.difference("admin")).toEqual(NO_DIFFERENCE);
  });

  test("visits nothing any more when the time is over, and the next tick does", async () => {
    await using deployment = await startDeployment({ tables: ["auth"], simulator, twins: ["two"] });
    const container = deployment.container();
    const late = await container.deliver({ sources: ["duo", "two"], enough: AbortSignal.abort() });
    expect(late).toMatchObject({ answer: DONE, counts: { PullSuccess: 0, PullFailure: 0, RowsAppended: 0 } });
    expect(deployment.harness.simulator.ledger.requests()).toEqual([]);
    expect((await container.deliver({ sources: ["duo", "two"] })).counts).toMatchObject({ PullSuccess: 2 });
  });
});

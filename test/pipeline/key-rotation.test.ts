import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type App, createApp } from "../../src/app.ts";
import type { TableResult } from "../../src/pipeline/pull-result.ts";
import { pullAll } from "../../src/pull-all.ts";
import { Secret } from "../../src/secrets/secret.ts";
import { type Harness, NO_DIFFERENCE, startHarness } from "../support/pull-harness.ts";
import { pullerOf } from "../support/pullers-of.ts";

const HOUR_MS = 3_600_000;
const NEW_KEY = "rotatedsecretkey000000000000000000000002";
const BUSY = { users: 600, days: 2, attacks: false };

/** A program whose key is in the local store; after the first page of sign-ins Duo accepts another one only. */
async function startRotating(harness: Harness, onRotated: () => void): Promise<App> {
  const app: App = await createApp({
    config: harness.config,
    clock: harness.clock,
    env: { DUOLAKE_DUO_ENDPOINT_URL: harness.simulator.url },
    observer: {
      pull: () => ({
        onPage: () => {
          if (harness.simulator.secretKey() === NEW_KEY) return;
          harness.simulator.setSecretKey(NEW_KEY);
          onRotated();
        },
      }),
    },
  });
  await app.secrets.set("duo", new Secret(harness.simulator.secretKey()));
  return app;
}

function pull(app: App): Promise<TableResult[]> {
  return pullAll(app, { sources: app.sources, wants: () => true });
}

describe("a secret key that is rotated in the midst of a pull", () => {
  test("is read again where the new one is stored: the pull goes on, and so do re-read and backfill", async () => {
    await using harness = await startHarness({ tables: ["auth"], simulator: BUSY });
    // At once, before the next request is signed.
    const file = join(harness.dir, ".duolake", "secrets", "duo.json");
    await using app = await startRotating(harness, () => {
      writeFileSync(file, JSON.stringify({ secret_key: NEW_KEY }));
    });
    const [result] = await pull(app);
    expect(result).toMatchObject({ error: undefined, table: "auth" });
    expect(result?.fetched).toBeGreaterThan(1_000);
    expect(harness.simulator.secretKey()).toBe(NEW_KEY);
    expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);

    harness.simulator.clock.advance(HOUR_MS);
    const third = "rotatedsecretkey000000000000000000000003";
    harness.simulator.setSecretKey(third);
    await app.secrets.set("duo", new Secret(third));
    const puller = await pullerOf(app, "auth");
    expect((await puller.rereadDue({}))?.expected).toBeGreaterThan(1_000);
    const sinceMs = harness.clock.nowMs() - 40 * HOUR_MS;
    expect(await puller.backfill({ sinceMs })).toMatchObject({ leftMs: 0 });
    expect((await pull(app))[0]?.error).toBeUndefined();
    expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
  });

  test("fails the stream while the old one is stored, keeps the pages before, and loses nothing once it is there", async () => {
    await using harness = await startHarness({ tables: ["auth"], simulator: BUSY });
    await using app = await startRotating(harness, () => {});
    const [failed] = await pull(app);
    expect(failed?.error?.code).toBe("duo_signature_invalid");
    expect(failed?.appended).toBeGreaterThan(0);
    expect(failed?.error?.message).not.toContain(NEW_KEY);
    harness.simulator.clock.advance(HOUR_MS);
    expect((await pull(app))[0]?.error?.code).toBe("duo_signature_invalid");
    await app.secrets.set("duo", new Secret(NEW_KEY));
    harness.simulator.clock.advance(HOUR_MS);
    expect((await pull(app))[0]?.error).toBeUndefined();
    expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
  });
});

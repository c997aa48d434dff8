import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pullAll } from "../../src/pull-all.ts";
import { refusingStore } from "../support/faulty-store.ts";
import { type Harness, NO_DIFFERENCE, startHarness } from "../support/pull-harness.ts";
import { pullerOf } from "../support/pullers-of.ts";

const HOUR_MS = 3_600_000;

const WAYS = [
  { name: "a full disk", code: "ENOSPC", error: "lake_full" },
  { name: "a folder that became read-only", code: "EROFS", error: "lake_unwritable" },
] as const;

test.each(WAYS)(
  "$name at any write of a pull is reported and costs nothing once it is over",
  async ({ code, error }) => {
    await using harness = await startFull();
    await harness.pull();
    const codes: (string | undefined)[] = [];
    for (let failsFrom = 1; ; failsFrom += 1) {
      inject(harness, failsFrom);
      const faulty = refusingStore(failsFrom, code);
      const app = await harness.start({ store: faulty.store });
      const [result] = await pullAll(app, { sources: app.sources, wants: () => true });
      if (faulty.count() < failsFrom) break;
      codes.push(result?.error?.code);
    }
    // The last write is a hint for other readers, behind the commit: the pull has succeeded without it.
    expect(codes.pop()).toBeUndefined();
    expect(codes.length).toBeGreaterThan(5);
    expect(new Set(codes)).toEqual(new Set([error]));
    expect((await harness.pull())[0]?.error).toBeUndefined();
    expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
  },
  60_000,
);

test("a full disk at any write of a backfill is reported, and the backfill goes on where it was", async () => {
  await using harness = await startFull();
  await harness.pull();
  let failed = 0;
  for (let failsFrom = 1, count = 0; failsFrom <= count + 1; failsFrom += 1) {
    const { store, ...faulty } = refusingStore(failsFrom, "ENOSPC");
    const sinceMs = harness.clock.nowMs() - (24 + failsFrom * 3) * HOUR_MS;
    const puller = await pullerOf(await harness.start({ store }), "auth");
    const outcome = await puller.backfill({ sinceMs }).catch((error: unknown) => error);
    count = faulty.count();
    if (count < failsFrom) break;
    expect(outcome, `write ${failsFrom}`).toMatchObject({ code: "lake_full" });
    failed += 1;
  }
  expect(failed).toBeGreaterThan(3);
  const puller = await pullerOf(await harness.start(), "auth");
  await puller.backfill({ sinceMs: harness.clock.nowMs() - 60 * HOUR_MS });
  expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
}, 60_000);

test("the same program goes on by itself when there is room again", async () => {
  await using harness = await startFull();
  const faulty = refusingStore(5, "ENOSPC");
  const room = refusingStore(Infinity, "ENOSPC");
  let isFull = true;
  const store = new Proxy(faulty.store, {
    get: (full, name) => Reflect.get(isFull ? full : room.store, name) as unknown,
  });
  const app = await harness.start({ store });
  const pull = async (): Promise<string | undefined> => {
    const [result] = await pullAll(app, { sources: app.sources, wants: () => true });
    return result?.error?.code;
  };
  expect(await pull()).toBe("lake_full");
  inject(harness, 1);
  expect(await pull()).toBe("lake_full");
  isFull = false;
  expect(await pull()).toBeUndefined();
  expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
}, 60_000);

test.skipIf(!canMount())(
  "a file system that is really full is reported, spool and all, until there is room",
  async () => {
    await using harness = await startHarness({
      tables: ["auth"],
      simulator: { days: 2, attacks: false, eventsPerDay: { authentication: 900 } },
    });
    const lake = join(harness.dir, "lake");
    mkdirSync(lake);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=192k", "tmpfs", lake]);
    try {
      const app = await harness.start();
      const pull = (): ReturnType<typeof pullAll> =>
        pullAll(app, { sources: app.sources, wants: () => true });
      expect((await pull())[0]?.error?.code).toBe("lake_full");
      execFileSync("mount", ["-o", "remount,size=64m", lake]);
      expect((await pull())[0]?.error).toBeUndefined();
      expect(await harness.difference("auth")).toEqual(NO_DIFFERENCE);
    } finally {
      execFileSync("umount", ["-l", lake]);
    }
  },
);

/** Needs rights that a test seldom has. */
function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), "duolake-mount-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], { stdio: "ignore" });
    execFileSync("umount", [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(folder);
  }
}

function startFull(): Promise<Harness> {
  const simulator = { days: 4, attacks: false, eventsPerDay: { authentication: 60 } };
  return startHarness({ tables: ["auth"], batchRowCountMax: 20, simulator });
}

/** Something new for the rows and for the dead letters, which are written before them. */
function inject({ simulator, clock }: Harness, note: number): void {
  simulator.clock.advance(10 * 60_000);
  const isotimestamp = new Date(clock.nowMs() - 300_000).toISOString();
  simulator.inject("authentication_v2", [
    { txid: `full-${note}`, isotimestamp, timestamp: Math.floor(Date.parse(isotimestamp) / 1000) },
  ]);
  simulator.inject("authentication_v2", [{ response: [], note }], { atMs: clock.nowMs() - 300_000 });
}

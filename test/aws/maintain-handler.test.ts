import { describe, expect, test } from "vitest";
import { pino } from "pino";
import { type MaintainerApp, maintainHandler } from "../../src/aws/maintain-handler.ts";
import { tablesOfSource } from "../../src/maintain-all.ts";
import { DuolakeError } from "../../src/core/errors.ts";
import type { MaintainOptions, TableMaintenance } from "../../src/lake/maintain/maintenance.ts";
import type { StatusStore } from "../../src/status/status-objects.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const PATH = "s3://b/status/maintenance.json";
/** Past three o'clock, so that the day before is over. */
const NOON_MS = Date.parse("2026-03-12T12:00:00Z");

interface World {
  nowMs: number;
  /** What each table is answered with; none: it is not there. */
  readonly tables: Map<string, (options: MaintainOptions) => void>;
  /** `duo_auth all` */
  readonly done: string[];
  readonly objects: Map<string, Uint8Array>;
  readonly written: string[];
  readonly delaysMs: number[];
  readonly deadline: { controller: AbortController };
  closed: number;
  readonly run: () => Promise<void>;
}

function start(names: readonly string[]): World {
  const tables = new Map(names.map((name) => [`duo_${name}`, () => undefined]));
  const store: StatusStore = {
    read: async (path) => {
      const bytes = world.objects.get(path);
      if (bytes === undefined) throw Object.assign(new Error("absent"), { code: "ENOENT" });
      return bytes;
    },
    replace: async (path, bytes) => void world.objects.set(path, bytes),
  };
  const maintain = async (name: string, options: MaintainOptions): Promise<TableMaintenance | undefined> => {
    const work = world.tables.get(name);
    if (work === undefined) return undefined;
    world.done.push(`${name} ${options.scope}`);
    work(options);
    return { compactedFileCount: 0 } as TableMaintenance;
  };
  const app = {
    tables: tablesOfSource("duo", names),
    lake: { maintain },
    clock: { nowMs: () => world.nowMs },
    [Symbol.asyncDispose]: async () => void (world.closed += 1),
  } as unknown as MaintainerApp;
  const handle = maintainHandler({
    open: async () => app,
    store,
    statusPath: PATH,
    label: "main",
    nowMs: () => world.nowMs,
    logger: pino({ level: "silent" }),
    write: (line) => void world.written.push(line),
    startDeadline: (delayMs) => {
      world.delaysMs.push(delayMs);
      world.deadline.controller = new AbortController();
      return { signal: world.deadline.controller.signal, [Symbol.dispose]: () => undefined };
    },
  });
  const world: World = {
    nowMs: NOON_MS,
    tables,
    done: [],
    objects: new Map(),
    written: [],
    delaysMs: [],
    deadline: { controller: new AbortController() },
    closed: 0,
    run: () => handle({ getRemainingTimeInMillis: () => 900_000 }),
  };
  return world;
}

const fail = (message: string) => (): void => {
  throw new DuolakeError("lake_unwritable", message);
};

describe("maintainHandler", () => {
  test("maintains each table as a whole once a day, in between only its open days", async () => {
    const world = start(["auth", "admin"]);
    await world.run();
    expect(world.done.splice(0)).toEqual(["duo_auth all", "duo_admin all"]);
    world.nowMs += 6 * HOUR_MS;
    await world.run();
    expect(world.done.splice(0)).toEqual(["duo_auth open_days", "duo_admin open_days"]);
    world.nowMs = NOON_MS + DAY_MS - 8 * HOUR_MS;
    await world.run();
    expect(world.done).toEqual(["duo_auth all", "duo_admin all"]);
    expect(world.written.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { Label: "main", MaintainSuccess: 1 },
      { MaintainSuccess: 1 },
      { MaintainSuccess: 1 },
    ]);
    expect(world.closed).toBe(3);
  });

  test("stops a minute before Lambda ends it, and begins the next time with what has waited longest", async () => {
    const world = start(["auth", "admin", "telephony"]);
    world.tables.set("duo_admin", () => {
      world.deadline.controller.abort();
      throw new DuolakeError("stopped", "Cannot maintain: stopped");
    });
    await world.run();
    expect(world.delaysMs).toEqual([840_000]);
    expect(world.done.splice(0)).toEqual(["duo_auth all", "duo_admin all"]);
    world.tables.set("duo_admin", () => undefined);
    world.nowMs += 1_000;
    await world.run();
    expect(world.done).toEqual(["duo_admin all", "duo_telephony all"]);
  });

  test("goes on with the others where a table fails, and does not let it keep them waiting", async () => {
    const world = start(["auth", "admin"]);
    world.tables.set("duo_auth", fail("no"));
    await world.run();
    expect(world.done.splice(0)).toEqual(["duo_auth all", "duo_admin all"]);
    expect(world.written).toHaveLength(1);
    world.nowMs += 6 * HOUR_MS;
    await world.run();
    expect(world.done).toEqual(["duo_auth open_days", "duo_admin open_days"]);
  });

  test("a table that ends the function each time keeps the others waiting once", async () => {
    const world = start(["auth", "admin", "telephony"]);
    const notes: Uint8Array[] = [];
    // What stands there when the function dies; whatever comes after that in this process never happened.
    world.tables.set("duo_auth", () => void notes.push(world.objects.get(PATH) ?? Buffer.from("")));
    const takeLong = (): void => void (world.nowMs += 15_000);
    for (const name of ["duo_admin", "duo_telephony"]) world.tables.set(name, takeLong);
    await world.run();
    for (let death = 0; death < 2; death += 1) {
      world.objects.set(PATH, notes[death] ?? Buffer.from(""));
      world.done.length = 0;
      world.nowMs += 6 * HOUR_MS;
      await world.run();
      const others = death === 0 ? ["duo_admin all", "duo_telephony all"] : [];
      expect(world.done.slice(0, others.length + 1)).toEqual([...others, "duo_auth all"]);
    }
  });

  test("fails, for the alarm, where every table that is there failed", async () => {
    const world = start(["auth", "admin"]);
    for (const name of ["duo_auth", "duo_admin"]) world.tables.set(name, fail(`no ${name}`));
    await expect(world.run()).rejects.toThrow("Cannot maintain any of 2 tables: no duo_auth");
    expect(world.written).toEqual([]);
  });

  test("looks at all tables anew where its notes are damaged", async () => {
    const world = start(["auth"]);
    await world.run();
    world.objects.set(PATH, Buffer.from("{"));
    world.done.length = 0;
    await world.run();
    expect(world.done).toEqual(["duo_auth all"]);
  });
});
